//! Messages, parsed by an independent library.

use mail_parser::PartType;
use usher_domain::{address::EmailAddress, outbox::InvitationMail, text::DisplayText};
use usher_mailer::ComposeError;

use crate::support::{
    LINK, Outcome, compose, composer, html, invitation, inviter, moment, numbered, parse, text,
};

#[test]
fn each_of_the_two_parts_has_the_link_once_and_no_other_link() -> Outcome {
    let octets = compose(&invitation()?)?;
    let message = parse(&octets)?;
    assert_eq!(message.text_body_count(), 1);
    assert_eq!(message.html_body_count(), 1);
    assert_eq!(message.attachment_count(), 0);
    let parts: Vec<&str> = message
        .parts
        .iter()
        .map(|part| match part.body {
            PartType::Multipart(_) => "multipart",
            PartType::Text(_) => "text",
            PartType::Html(_) => "html",
            _ => "other",
        })
        .collect();
    // The richest alternative is the last one (RFC 2046, 5.1.4).
    assert_eq!(parts, ["multipart", "text", "html"]);

    let text = text(&message)?;
    assert_eq!(text.matches(LINK).count(), 1);
    assert_eq!(text.matches("://").count(), 1);
    let html = html(&message)?.replace("&#x2f;", "/");
    assert_eq!(html.matches(&format!("href=\"{LINK}\"")).count(), 1);
    assert_eq!(html.matches("://").count(), 1);
    for loads_or_tracks in ["src=", "<img", "<link", "url(", "@import", "<script", "<iframe", "<form"] {
        assert!(!html.contains(loads_or_tracks), "{loads_or_tracks}");
    }
    Ok(())
}

#[test]
fn the_same_mail_has_the_same_octets() -> Outcome {
    assert_eq!(compose(&invitation()?)?, compose(&invitation()?)?);
    assert_ne!(compose(&numbered(1)?)?, compose(&numbered(2)?)?);
    Ok(())
}

#[test]
fn the_header_has_sender_recipient_and_date() -> Outcome {
    let octets = compose(&invitation()?)?;
    let message = parse(&octets)?;
    let from = message.from().and_then(|from| from.first()).ok_or("no From")?;
    assert_eq!((from.name(), from.address()), (Some("Usher"), Some("usher@mail.example.com")));
    assert_eq!(message.message_id(), Some("Ab3dEf6hIj9lMn2pQr5tUv@mail.example.com"));
    let date = message.date().ok_or("no Date")?;
    assert_eq!(date.to_timestamp(), invitation()?.created_at.timestamp());
    Ok(())
}

#[test]
fn all_valid_names_are_preserved() -> Outcome {
    let long = "長".repeat(64);
    let ascii = "x".repeat(64);
    for name in [
        r#"Jane "The Boss" O'Doe \ Sons"#,
        "Tom & Jerry; drop table, (comment) [x]: y",
        "🦊🏳️‍🌈 Fox 👩‍👩‍👧‍👦",
        "دعوة إلى شركة",
        "שלום, עולם",
        "می‌خواهم",
        "=?utf-8?q?Fake=0D=0ABcc:_x?=",
        "{{ link }} {% if %}",
        "Zoë Müller-Łukasiewicz",
        "-- \u{a0}.",
        long.as_str(),
        ascii.as_str(),
    ] {
        let mut mail = invitation()?;
        let name = DisplayText::parse(name)?;
        mail.to_name = Some(name.clone());
        mail.inviter = Some(inviter(name.clone())?);
        mail.account_title = name.clone();
        let octets = compose(&mail)?;
        let message = parse(&octets)?;
        let to = message.to().and_then(|to| to.first()).ok_or("no To")?;
        assert_eq!(to.address(), Some("jane@example.org"));
        assert_eq!(to.name(), Some(name.as_str()));
        assert_eq!(message.subject(), Some(format!("You have been invited to {name}").as_str()));
        let text = text(&message)?.replace(['\u{2068}', '\u{2069}'], "");
        assert!(
            text.contains(&format!(
                "{name} (ada@onward.example) has invited you to join an account.\n\nAccount: {name}\n"
            )),
            "{text}"
        );
        assert!(octets.is_ascii());
    }
    Ok(())
}

#[test]
fn html_is_escaped() -> Outcome {
    let mut mail = invitation()?;
    mail.account_title = DisplayText::parse(r#"A & B "C" 'D'"#)?;
    mail.roles = vec!["<b>\"&".into()];
    let octets = compose(&mail)?;
    let html = html(&parse(&octets)?)?;
    assert!(html.contains("<title>You have been invited to A &amp; B &quot;C&quot; &#x27;D&#x27;</title>"));
    assert!(html.contains("<bdi>A &amp; B &quot;C&quot; &#x27;D&#x27;</bdi>"));
    assert!(html.contains("Your role: <strong>&lt;b&gt;&quot;&amp;</strong></p>"));
    Ok(())
}

#[test]
fn names_from_right_to_left_do_not_reorder_the_sentence() -> Outcome {
    let mut mail = invitation()?;
    mail.inviter = Some(inviter(DisplayText::parse("שרה")?)?);
    let octets = compose(&mail)?;
    assert!(
        text(&parse(&octets)?)?
            .contains("\u{2068}שרה\u{2069} (ada@onward.example) has invited you to join an account.")
    );
    Ok(())
}

#[test]
fn international_domains_are_written_as_a_labels() -> Outcome {
    let mut mail = invitation()?;
    mail.to = EmailAddress::parse("Jane@Bücher.example")?;
    let octets = compose(&mail)?;
    assert!(String::from_utf8(octets.clone())?.contains("<Jane@xn--bcher-kva.example>"));
    assert!(octets.is_ascii());
    Ok(())
}

#[test]
fn a_local_part_with_dots_out_of_place_is_quoted() -> Outcome {
    for (typed, written) in [
        ("try..this..0511@docomo.ne.jp", "\"try..this..0511\"@docomo.ne.jp"),
        ("\"hanako.\"@docomo.ne.jp", "\"hanako.\"@docomo.ne.jp"),
    ] {
        let mail = InvitationMail { to: EmailAddress::parse(typed)?, ..invitation()? };
        assert!(String::from_utf8(compose(&mail)?)?.contains(&format!("<{written}>\r\n")), "{typed}");
    }
    Ok(())
}

#[test]
fn international_local_parts_are_preserved() -> Outcome {
    let mut mail = invitation()?;
    mail.to = EmailAddress::parse("用户@例子.example")?;
    let octets = compose(&mail)?;
    assert!(String::from_utf8(octets)?.contains("<用户@xn--fsqu00a.example>"));
    Ok(())
}

#[test]
fn a_mail_that_cannot_be_built_is_an_error_not_a_panic() -> Outcome {
    let composer = composer()?;
    for link in [
        "",
        "https://",
        "javascript:alert(1)",
        "https://example.com/\" onclick=\"x",
        "https://example.com/\r\nBcc: x@example.com",
        "https://exämple.com/",
    ] {
        let mail = InvitationMail { link: link.into(), ..invitation()? };
        assert_eq!(composer.invitation(&mail).err(), Some(ComposeError::Link), "{link}");
    }
    // The date library panics before 1970 and after 9999.
    for created_at in ["1969-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
        let mail = InvitationMail { created_at: moment(created_at)?, ..invitation()? };
        assert_eq!(composer.invitation(&mail).err(), Some(ComposeError::Panicked), "{created_at}");
    }
    Ok(())
}

#[test]
fn debug_output_shows_no_content() -> Outcome {
    let composed = composer()?.invitation(&invitation()?)?;
    let shown = format!("{composed:?}");
    assert!(shown.starts_with("ComposedMail { octets: "), "{shown}");
    assert!(!shown.contains("jane"));
    Ok(())
}
