//! STARTTLS with relays that try to avoid it.

use usher_domain::port::Mailer as _;
use usher_mailer::SmtpSettings;

use crate::{
    scripted::{Act, Script, ScriptedRelay, Stage},
    support::{AUTHORITY, Outcome, build_mailer, class, invitation, reason},
};

const OFFER: Act = Act::Say("250-scripted\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");

async fn send(script: Script) -> Outcome<(String, Vec<String>)> {
    let relay = ScriptedRelay::start(vec![script]).await?;
    let settings = SmtpSettings {
        username: Some("gatekeeper".to_owned()),
        password: Some("open sesame".to_owned().into()),
        // With an authority, a relay on this machine has to offer TLS.
        ca_file: Some(AUTHORITY.into()),
        ..relay.settings()
    };
    let outcome = build_mailer(settings)?.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable", "{outcome:?}");
    Ok((reason(&outcome).to_owned(), relay.said().concat()))
}

#[tokio::test]
async fn a_relay_without_starttls_gets_no_mail() -> Outcome {
    let (reason, said) = send(Script::correct()).await?;
    assert_eq!(reason, "STARTTLS: the relay does not offer it, but the settings require it");
    assert_eq!(said, ["EHLO mail.example.com"]);
    Ok(())
}

#[tokio::test]
async fn a_relay_that_rejects_starttls_gets_no_mail() -> Outcome {
    for (reply, expected) in [
        ("454 4.7.0 TLS not available\r\n", "STARTTLS: 454 4.7.0 TLS not available"),
        ("502 5.5.1 what?\r\n", "STARTTLS: 502 5.5.1 what?"),
        ("what?\r\n", "STARTTLS: the relay's reply is not SMTP"),
    ] {
        let script = Script::correct().at(Stage::Ehlo, OFFER).at(Stage::StartTls, Act::Say(reply));
        let (reason, said) = send(script).await?;
        assert_eq!(reason, expected);
        assert_eq!(said, ["EHLO mail.example.com", "STARTTLS"]);
    }
    Ok(())
}

#[tokio::test]
async fn octets_after_the_starttls_reply_are_an_error() -> Outcome {
    let injected = Act::Say("220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n");
    let (reason, _) = send(Script::correct().at(Stage::Ehlo, OFFER).at(Stage::StartTls, injected)).await?;
    assert_eq!(reason, "STARTTLS: unexpected reply of the relay: 250-injected");
    Ok(())
}

#[tokio::test]
async fn a_failed_handshake_ends_the_delivery() -> Outcome {
    // The relay continues in clear and reads the ClientHello as commands.
    let (reason, said) = send(Script::correct().at(Stage::Ehlo, OFFER)).await?;
    assert!(reason.starts_with("TLS: "), "{reason}");
    assert!(said.iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL")));
    Ok(())
}

#[tokio::test]
async fn broken_greetings_and_ehlo_replies_are_reported() -> Outcome {
    for (script, expected) in [
        (Script::correct().at(Stage::Greeting, Act::Say("421 4.3.2 no\r\n")), "greeting: 421 4.3.2 no"),
        (Script::correct().at(Stage::Greeting, Act::Close), "greeting: the relay closed the connection"),
        (Script::correct().at(Stage::Ehlo, Act::Say("550 no\r\n")), "greeting: 550 no"),
        (
            Script::correct().at(Stage::Ehlo, Act::Say("250 \r\n")),
            "greeting: the relay's reply cannot be understood",
        ),
        (Script::correct().at(Stage::Ehlo, Act::Endless), "greeting: the relay's reply is too long"),
    ] {
        assert_eq!(send(script).await?.0, expected);
    }
    Ok(())
}
