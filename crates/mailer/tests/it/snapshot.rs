//! The complete text of a typical mail.

use crate::support::{Outcome, compose, html, invitation, parse, text};

#[test]
fn the_header() -> Outcome {
    let octets = compose(&invitation()?)?;
    let message = String::from_utf8(octets)?;
    let (header, _) = message.split_once("\r\n\r\n").ok_or("no header")?;
    assert_eq!(
        header,
        "From: Usher <usher@mail.example.com>\r\n\
         To: \"Jane Doe\" <jane@example.org>\r\n\
         Subject: You have been invited to Onward, Inc.\r\n\
         Date: Fri, 20 Nov 2026 14:05:09 +0000\r\n\
         Message-ID: <Ab3dEf6hIj9lMn2pQr5tUv@mail.example.com>\r\n\
         Auto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"=_Ab3dEf6hIj9lMn2pQr5tUv\"\r\n"
            .trim_end()
    );
    Ok(())
}

#[test]
fn the_text_part() -> Outcome {
    let octets = compose(&invitation()?)?;
    assert_eq!(
        text(&parse(&octets)?)?,
        "Hello Jane Doe,\n\
         \n\
         Ada Lovelace (ada@onward.example) has invited you to join an account.\n\
         \n\
         Account: Onward, Inc.\n\
         Your roles: Auditor, SupportAnalyst\n\
         \n\
         To see the invitation, and to accept or decline it, open this page:\n\
         \n\
         https://usher.example.com/accept-invitation/0123456789abcdefghijABCDEFGHIJ\
         ?key=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n\
         \n\
         The link works until 4 December 2026, 14:05 UTC.\n\
         It is for you personally: please do not forward this email.\n\
         \n\
         If you accept through an API instead, the code is \
         0123456789abcdefghijABCDEFGHIJ.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n\
         \n\
         If you did not expect this invitation, you can ignore this email.\n\
         Nothing happens unless you accept. On the page you can also choose to get no more invitations."
    );
    Ok(())
}

#[test]
fn the_text_part_without_optional_values() -> Outcome {
    let mut mail = invitation()?;
    (mail.to_name, mail.inviter) = (None, None);
    mail.roles = vec!["tls_admin".into()];
    let octets = compose(&mail)?;
    let message = parse(&octets)?;
    assert!(text(&message)?.starts_with(
        "Hello,\n\nYou have been invited to join an account.\n\n\
         Account: Onward, Inc.\nYour role: tls_admin\n\nTo see the invitation"
    ));
    assert!(html(&message)?.contains(
        "<p>Hello,</p>\n<p>You have been invited to join an account.</p>\n\
         <p>Account: <strong><bdi>Onward, Inc.</bdi></strong><br>\n\
         Your role: <strong>tls_admin</strong></p>"
    ));
    Ok(())
}

#[test]
fn the_html_part() -> Outcome {
    let octets = compose(&invitation()?)?;
    let html = html(&parse(&octets)?)?;
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert!(html.ends_with("</html>"));
    for piece in [
        "<title>You have been invited to Onward, Inc.</title>",
        "<p>Hello <bdi>Jane Doe</bdi>,</p>\n\
         <p><bdi>Ada Lovelace</bdi> (<bdi>ada@onward.example</bdi>) has invited you to join an account.</p>\n\
         <p>Account: <strong><bdi>Onward, Inc.</bdi></strong><br>\n\
         Your roles: <strong>Auditor, SupportAnalyst</strong></p>",
        "href=\"https:&#x2f;&#x2f;usher.example.com&#x2f;accept-invitation&#x2f;0123456789abcdefghijABCDEFGHIJ?key=",
        ">4 December 2026, 14:05 UTC</strong>",
        "please do not forward this email",
        "the code is 0123456789abcdefghijABCDEFGHIJ.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA</p>",
        "If you did not expect this invitation, you can ignore this email.",
    ] {
        assert!(html.contains(piece), "{piece} is not in {html}");
    }
    Ok(())
}
