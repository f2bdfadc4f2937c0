//! AUTH with different relays.

use usher_domain::port::Mailer as _;
use usher_mailer::{LettreMailer, SmtpSettings};

use crate::{
    scripted::{Act, Script, ScriptedRelay, Stage},
    support::{Outcome, build_mailer, class, invitation, reason},
};

fn mailer(relay: &ScriptedRelay) -> Outcome<LettreMailer> {
    build_mailer(SmtpSettings {
        username: Some("gatekeeper".to_owned()),
        password: Some("open sesame".to_owned().into()),
        ..relay.settings()
    })
}

#[tokio::test]
async fn plain_is_preferred() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    mailer(&relay)?.send(&invitation()?).await?;
    assert_eq!(relay.said()[0][1], "AUTH PLAIN AGdhdGVrZWVwZXIAb3BlbiBzZXNhbWU=");
    Ok(())
}

#[tokio::test]
async fn login_is_used_without_plain() -> Outcome {
    let offer = Act::Say("250-old\r\n250 AUTH CRAM-MD5 LOGIN\r\n");
    let relay = ScriptedRelay::start(vec![Script::correct().at(Stage::Ehlo, offer)]).await?;
    mailer(&relay)?.send(&invitation()?).await?;
    assert_eq!(relay.said()[0][1..4], ["AUTH LOGIN", "Z2F0ZWtlZXBlcg==", "b3BlbiBzZXNhbWU="]);
    Ok(())
}

#[tokio::test]
async fn every_login_failure_is_unreachable_and_shows_no_secret() -> Outcome {
    for act in [
        Act::Say("535 5.7.8 gatekeeper, your password 'open sesame' is wrong\r\n"),
        Act::Say("501 5.5.4 cannot decode AGdhdGVrZWVwZXIAb3BlbiBzZXNhbWU=\r\n"),
        Act::Say("454 4.7.0 try later, GATEKEEPER\r\n"),
        Act::Say("421 4.3.2 no\r\n"),
        Act::Say("334 TW9yZSE=\r\n"),
        Act::Say("334 %%%\r\n"),
        Act::Say("garbage\r\n"),
        Act::SayAndClose("23"),
        Act::Close,
        Act::Endless,
    ] {
        let relay = ScriptedRelay::start(vec![Script::correct().at(Stage::Auth, act)]).await?;
        let outcome = mailer(&relay)?.send(&invitation()?).await;
        assert_eq!(class(&outcome), "unreachable", "{act:?}: {outcome:?}");
        let reason = reason(&outcome);
        assert!(reason.starts_with("login: "), "{reason}");
        for secret in ["gatekeeper", "sesame", "agdh"] {
            assert!(!reason.to_lowercase().contains(secret), "{reason}");
        }
        assert!(relay.said()[0].iter().all(|line| !line.starts_with("MAIL")));
    }
    Ok(())
}
