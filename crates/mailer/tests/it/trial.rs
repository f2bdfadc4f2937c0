//! Trials of the relay, which report each step.

use usher_domain::{account::PublicId, address::EmailAddress, port::SendError};
use usher_mailer::{SmtpSettings, TestMail, Trial};
use usher_testbed::{Refusal, Security, SmtpOptions, SmtpServer};

use crate::support::{Outcome, build_mailer, class, moment, reason};

fn settings(server: &SmtpServer, password: &str) -> SmtpSettings {
    SmtpSettings {
        username: Some("usher".into()),
        password: Some(password.to_owned().into()),
        ca_file: Some(server.ca_pem_path()),
        ..SmtpSettings::new(server.url(), "Usher <usher@mail.example.com>")
    }
}

fn test_mail(to: &str) -> Outcome<TestMail> {
    Ok(TestMail {
        reference: PublicId::parse("Ab3dEf6hIj9lMn2pQr5tUv").ok_or("reference")?,
        to: EmailAddress::parse(to)?,
        created_at: moment("2026-11-20T14:05:09Z")?,
    })
}

fn steps(trial: &Trial) -> Vec<&str> {
    trial.passed.iter().map(|step| step.name).collect()
}

#[tokio::test]
async fn a_test_mail_reports_each_step_with_the_words_of_the_relay() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired).login("usher", "secret"))?;
    let trial = build_mailer(settings(&server, "secret"))?.try_mail(&test_mail("jane@example.org")?).await;
    assert_eq!(trial.result, Ok(()));
    assert_eq!(
        steps(&trial),
        ["connecting", "STARTTLS", "TLS", "greeting", "login", "MAIL", "RCPT", "DATA", "message"]
    );
    let details: Vec<&str> = trial.passed.iter().map(|step| step.detail.as_str()).collect();
    assert_eq!(details[0], format!("127.0.0.1:{}", server.port()));
    assert_eq!(details[2], "TLS 1.3 with a trusted certificate");
    assert_eq!(details[8], "250 2.0.0 OK");
    let mail = &server.messages()?[0];
    let text = String::from_utf8(mail.raw.clone())?;
    assert!(text.contains("Subject: Test mail of Usher\r\n") && text.contains("`usher mail test`"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_trial_ends_at_the_step_that_fails() -> Outcome {
    let options = SmtpOptions::new(Security::StartTlsRequired)
        .login("usher", "secret")
        .refuse(Refusal::recipient("gone", 550))
        .refuse(Refusal::message("spam", 554));
    let server = SmtpServer::start(&options)?;
    let mailer = build_mailer(settings(&server, "secret"))?;
    for (to, last, expected) in
        [("gone@example.org", "MAIL", "permanent"), ("spam@example.org", "DATA", "refused")]
    {
        let trial = mailer.try_mail(&test_mail(to)?).await;
        assert_eq!((steps(&trial).last().copied(), class(&trial.result)), (Some(last), expected));
    }
    let trial = build_mailer(settings(&server, "mistyped"))?.try_relay().await;
    assert_eq!(steps(&trial), ["connecting", "STARTTLS", "TLS", "greeting"]);
    assert!(matches!(&trial.result, Err(SendError::Unreachable { .. })));
    assert!(reason(&trial.result).starts_with("login: 535 ") && !reason(&trial.result).contains("mistyped"));
    Ok(())
}

#[tokio::test]
async fn the_relay_can_be_tried_without_a_mail() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::ImplicitTls).login("usher", "secret"))?;
    let trial = build_mailer(settings(&server, "secret"))?.try_relay().await;
    assert_eq!(trial.result, Ok(()));
    assert_eq!(steps(&trial), ["connecting", "TLS", "greeting", "login"]);
    assert!(server.messages()?.is_empty());
    Ok(())
}
