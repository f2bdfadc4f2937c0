//! Delivery to aiosmtpd, an independent server.

use usher_domain::{address::EmailAddress, outbox::InvitationMail, port::Mailer as _, text::DisplayText};
use usher_mailer::SmtpSettings;
use usher_testbed::{Refusal, Security, SmtpOptions, SmtpServer};

use crate::{
    support::{Outcome, build_mailer, class, compose, invitation, inviter, numbered, reason},
    tap::Tap,
};

const FROM: &str = "usher@mail.example.com";
const PASSWORD: &str = "correct horse: battery/staple@1%";

/// Settings that trust the server's authority.
fn settings(server: &SmtpServer) -> SmtpSettings {
    SmtpSettings {
        ca_file: Some(server.ca_pem_path()),
        ..SmtpSettings::new(server.url(), format!("Usher <{FROM}>"))
    }
}

fn insecure(server: &SmtpServer) -> SmtpSettings {
    SmtpSettings { insecure: true, ca_file: None, ..settings(server) }
}

/// The settings, with a login in addition to the URL.
fn with_login(password: &str, settings: SmtpSettings) -> SmtpSettings {
    SmtpSettings { username: Some("usher".into()), password: Some(password.to_owned().into()), ..settings }
}

fn to(address: &str) -> Outcome<InvitationMail> {
    Ok(InvitationMail { to: EmailAddress::parse(address)?, ..invitation()? })
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_built() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let mailer = build_mailer(insecure(&server))?;
    // The inviter's name begins a line. Its dots are doubled on the wire and single again at the server.
    let mail = InvitationMail { inviter: Some(inviter(DisplayText::parse("...")?)?), ..invitation()? };
    mailer.send(&mail).await?;
    let received = server.messages()?;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].mail_from, FROM);
    assert_eq!(received[0].rcpt_tos, ["jane@example.org"]);
    assert!(!received[0].tls);
    let built = [compose(&mail)?, b"\r\n".to_vec()].concat();
    assert_eq!(String::from_utf8(received[0].raw.clone())?, String::from_utf8(built)?);
    Ok(())
}

#[tokio::test]
async fn a_local_part_with_dots_out_of_place_is_accepted_by_a_relay() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    build_mailer(insecure(&server))?.send(&to("a..b.@docomo.ne.jp")?).await?;
    // The server removes the quotes.
    assert_eq!(server.messages()?[0].rcpt_tos, ["a..b.@docomo.ne.jp"]);
    Ok(())
}

#[tokio::test]
async fn mails_are_sent_under_starttls() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired))?;
    let tap = Tap::start("127.0.0.1", server.port()).await?;
    let url = format!("smtp://127.0.0.1:{}", tap.port());
    let mailer = build_mailer(SmtpSettings { url: Some(url.into()), ..settings(&server) })?;
    mailer.send(&numbered(1)?).await?;
    mailer.send(&numbered(2)?).await?;
    let received = server.messages()?;
    assert_eq!(received.len(), 2);
    assert!(received.iter().all(|mail| mail.tls));
    assert_eq!(tap.connections(), 1);
    assert!(tap.sent().starts_with("EHLO mail.example.com\r\nSTARTTLS\r\n"));
    assert!(!tap.sent().contains("MAIL"));
    Ok(())
}

#[tokio::test]
async fn mails_are_sent_under_implicit_tls_to_a_host_name() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::ImplicitTls))?;
    let url = format!("smtps://localhost:{}", server.port());
    let mailer = build_mailer(SmtpSettings { url: Some(url.into()), ..settings(&server) })?;
    mailer.send(&numbered(1)?).await?;
    mailer.send(&numbered(2)?).await?;
    assert!(server.messages()?.iter().all(|mail| mail.tls));
    assert_eq!(server.messages()?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn the_login_is_used_from_the_url_or_its_own_settings() -> Outcome {
    for security in [Security::StartTlsRequired, Security::ImplicitTls] {
        let server = SmtpServer::start(&SmtpOptions::new(security).login("usher", PASSWORD))?;
        build_mailer(with_login(PASSWORD, settings(&server)))?.send(&invitation()?).await?;
        let encoded = "usher:correct%20horse%3A%20battery%2Fstaple%401%25@127.0.0.1";
        let url = server.url().replace("127.0.0.1", encoded);
        build_mailer(SmtpSettings { url: Some(url.into()), ..settings(&server) })?
            .send(&invitation()?)
            .await?;
        let received = server.messages()?;
        assert_eq!(received.len(), 2);
        assert!(received.iter().all(|mail| mail.user.as_deref() == Some("usher")));
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_is_reported_and_not_repeated() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired).login("usher", PASSWORD))?;
    let mailer = build_mailer(with_login("mistyped secret", settings(&server)))?;
    let outcome = mailer.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert!(reason(&outcome).starts_with("login: 535 5.7.8 "), "{outcome:?}");
    assert!(!reason(&outcome).contains("mistyped") && !reason(&outcome).contains("usher"), "{outcome:?}");
    assert!(server.messages()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_missing_login_is_not_a_fault_of_the_mail() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired).login("usher", PASSWORD))?;
    let outcome = build_mailer(settings(&server))?.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert!(reason(&outcome).starts_with("MAIL: 530 "), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_login_that_the_relay_does_not_offer_is_reported() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired))?;
    let mailer = build_mailer(with_login(PASSWORD, settings(&server)))?;
    let outcome = mailer.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert_eq!(reason(&outcome), "login: the relay offers neither PLAIN nor LOGIN");
    Ok(())
}

#[tokio::test]
async fn a_login_without_tls_is_sent_to_a_relay_on_this_machine() -> Outcome {
    let options = SmtpOptions::new(Security::Plain).login("usher", PASSWORD).login_in_clear();
    let server = SmtpServer::start(&options)?;
    build_mailer(with_login(PASSWORD, insecure(&server)))?.send(&invitation()?).await?;
    assert_eq!(server.messages()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_relay_without_starttls_receives_only_ehlo() -> Outcome {
    let options = SmtpOptions::new(Security::Plain).login("usher", PASSWORD).login_in_clear();
    let server = SmtpServer::start(&options)?;
    let tap = Tap::start("127.0.0.1", server.port()).await?;
    let url = format!("smtp://127.0.0.1:{}", tap.port());
    let settings = SmtpSettings { url: Some(url.into()), ..settings(&server) };
    let outcome = build_mailer(with_login(PASSWORD, settings))?.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert_eq!(reason(&outcome), "STARTTLS: the relay does not offer it, but the settings require it");
    assert_eq!(tap.sent(), "EHLO mail.example.com\r\n");
    assert!(server.messages()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_rejected() -> Outcome {
    for security in [Security::StartTlsRequired, Security::ImplicitTls] {
        let server = SmtpServer::start(&SmtpOptions::new(security).login("usher", PASSWORD))?;
        let stranger = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
        let wrong = SmtpSettings { ca_file: Some(stranger.ca_pem_path()), ..settings(&server) };
        let outcome = build_mailer(with_login(PASSWORD, wrong))?.send(&invitation()?).await;
        assert_eq!(class(&outcome), "unreachable");
        assert_eq!(
            reason(&outcome),
            "TLS: the relay's certificate is from an authority that is not trusted: name the certificate of the authority \
             or of the relay in mail.ca_file"
        );
        assert!(server.messages()?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_certificate_for_another_host_is_rejected() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::StartTlsRequired))?;
    // The certificate is for 127.0.0.1.
    let tap = Tap::start("127.0.0.2", server.port()).await?;
    let url = format!("smtp://127.0.0.2:{}", tap.port());
    let mailer = build_mailer(SmtpSettings { url: Some(url.into()), ..settings(&server) })?;
    let outcome = mailer.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert_eq!(
        reason(&outcome),
        "TLS: the relay's certificate is for localhost, 127.0.0.1, and not for the host in mail.url"
    );
    Ok(())
}

/// As `openssl req -x509` makes them: the certificate of an authority.
#[tokio::test]
async fn exactly_the_self_signed_certificate_of_the_ca_file_is_trusted() -> Outcome {
    for security in [Security::StartTlsRequired, Security::ImplicitTls] {
        let options = SmtpOptions::new(security).login("usher", PASSWORD).self_signed();
        let server = SmtpServer::start(&options)?;
        build_mailer(with_login(PASSWORD, settings(&server)))?.send(&invitation()?).await?;
        assert_eq!(server.messages()?.len(), 1);
        // The same names and the same settings of openssl, but another key.
        let other = SmtpServer::start(&options)?;
        let wrong = SmtpSettings { ca_file: Some(other.ca_pem_path()), ..settings(&server) };
        let outcome = build_mailer(with_login(PASSWORD, wrong))?.send(&invitation()?).await;
        assert_eq!(class(&outcome), "unreachable");
        assert_eq!(
            reason(&outcome),
            "TLS: the relay's certificate is self-signed or malformed: name exactly this certificate in mail.ca_file"
        );
        assert_eq!(server.messages()?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn implicit_tls_fails_with_a_plain_relay() -> Outcome {
    let plain = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let url = plain.url().replace("smtp:", "smtps:");
    let outcome =
        build_mailer(SmtpSettings { url: Some(url.into()), ..settings(&plain) })?.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert!(reason(&outcome).starts_with("TLS: "), "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn rejected_recipients_are_classified() -> Outcome {
    let options = SmtpOptions::new(Security::Plain)
        .refuse(Refusal::recipient("gone", 550))
        .refuse(Refusal::recipient("grey", 451).first(1))
        .refuse(Refusal::message("spam", 554))
        .refuse(Refusal::message("full", 452).first(1));
    let server = SmtpServer::start(&options)?;
    let mailer = build_mailer(insecure(&server))?;
    for (address, expected) in [
        ("gone@example.org", "permanent"),
        ("grey@example.org", "deferred"),
        ("grey@example.org", "sent"),
        ("spam@example.org", "refused"),
        ("full@example.org", "deferred"),
        ("full@example.org", "sent"),
    ] {
        let outcome = mailer.send(&to(address)?).await;
        assert_eq!(class(&outcome), expected, "{address}: {outcome:?}");
    }
    assert_eq!(
        mailer.send(&to("gone@example.org")?).await.map_err(|error| error.to_string()),
        Err("mail cannot be delivered to its recipient: RCPT: 550 5.1.1 Refused as the test asked".into())
    );
    assert_eq!(server.messages()?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn international_addresses_need_smtputf8() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let mailer = build_mailer(insecure(&server))?;
    mailer.send(&to("zoë@bücher.example")?).await?;
    mailer.send(&to("jane@bücher.example")?).await?;
    let received = server.messages()?;
    assert_eq!(received[0].rcpt_tos, ["zoë@xn--bcher-kva.example"]);
    assert_eq!(received[1].rcpt_tos, ["jane@xn--bcher-kva.example"]);

    let old = SmtpServer::start(&SmtpOptions::new(Security::Plain).ascii_only())?;
    let mailer = build_mailer(insecure(&old))?;
    assert_eq!(class(&mailer.send(&to("zoë@bücher.example")?).await), "unsendable");
    assert_eq!(class(&mailer.send(&to("jane@bücher.example")?).await), "sent");
    Ok(())
}

#[tokio::test]
async fn two_hundred_mails_over_one_connection() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let tap = Tap::start("127.0.0.1", server.port()).await?;
    let url = format!("smtp://127.0.0.1:{}", tap.port());
    let mailer = build_mailer(SmtpSettings { url: Some(url.into()), ..insecure(&server) })?;
    for number in 0..200 {
        mailer.send(&numbered(number)?).await?;
    }
    assert_eq!(server.messages()?.len(), 200);
    assert_eq!(tap.connections(), 1);
    Ok(())
}
