//! The reason of a failure for the operator, without secrets.

use usher_domain::{address::EmailAddress, outbox::InvitationMail, port::Mailer as _};

use crate::{
    scripted::{Act, Script, ScriptedRelay, Stage},
    support::{LINK, Outcome, invitation, reason},
};

async fn reason_for(mail: &InvitationMail, reply: &'static str) -> Outcome<String> {
    let relay = ScriptedRelay::start(vec![Script::correct().at(Stage::Message, Act::Say(reply))]).await?;
    Ok(reason(&relay.mailer()?.send(mail).await).to_owned())
}

#[tokio::test]
async fn a_reason_has_the_step_the_code_and_the_text_of_the_relay() -> Outcome {
    assert_eq!(
        reason_for(&invitation()?, "554 5.7.1 Spam message rejected\r\n").await?,
        "message: 554 5.7.1 Spam message rejected"
    );
    assert_eq!(
        reason_for(&invitation()?, "554-5.7.1 Spam\r\n554-5.7.1  message\t\u{0}\r\n554 5.7.1 rejected\r\n")
            .await?,
        "message: 554 5.7.1 Spam message ? rejected"
    );
    Ok(())
}

#[tokio::test]
async fn a_reason_has_no_address() -> Outcome {
    let mail = InvitationMail { to: EmailAddress::parse("Jane.Doe+x@Bücher.example")?, ..invitation()? };
    for (reply, expected) in [
        ("550 <Jane.Doe+x@xn--bcher-kva.example>: unknown\r\n", "message: 550 <…>: unknown"),
        ("550 jane.doe+x is unknown at our site\r\n", "message: 550 … is unknown at our site"),
        ("550 JANE.DOE+X@BUECHER.EXAMPLE unknown\r\n", "message: 550 … unknown"),
        ("550 no relaying for usher@mail.example.com\r\n", "message: 550 no relaying for …"),
    ] {
        assert_eq!(reason_for(&mail, reply).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_local_part_of_one_letter_does_not_hide_words() -> Outcome {
    let mail = InvitationMail { to: EmailAddress::parse("a@example.org")?, ..invitation()? };
    assert_eq!(reason_for(&mail, "550 a has a full mailbox\r\n").await?, "message: 550 … has … full mailbox");
    Ok(())
}

#[tokio::test]
async fn a_reason_has_no_link() -> Outcome {
    for reply in [
        "554 blocked https://usher.example.com/accept-invitation/0123456789abcdefghijABCDEFGHIJ?key=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\r\n",
        "554 blocked usher.example.com/accept-invitation/0123456789abcdefghijABCDEFGHIJ\r\n",
        "554 blocked xAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAx\r\n",
        "554 blocked 0123456789abcdefghijABCDEFGHIJ.AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\r\n",
        "554 see http://spam.example/?q=1\r\n",
    ] {
        let reason = reason_for(&invitation()?, reply).await?;
        for secret in ["0123456789abcdefghij", "AQIDBAUG", "://", LINK] {
            assert!(!reason.contains(secret), "{reason}");
        }
        assert!(reason.starts_with("message: 554 "), "{reason}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reason_is_one_short_line() -> Outcome {
    let long = "550 5.7.1 words and words and words and words and words and words and words and words and words and \
                words and words and words and words and words and words and words and words and words and words\r\n";
    let reason = reason_for(&invitation()?, long).await?;
    assert_eq!(reason.chars().count(), 200);
    assert!(reason.ends_with('…'));
    let controls = reason_for(&invitation()?, "550 a\u{1b}[31mb\u{7}c\u{9b}d\r\n").await?;
    assert!(!controls.contains(char::is_control), "{controls:?}");
    assert_eq!(controls, "message: 550 a?[31mb?c??d");
    Ok(())
}
