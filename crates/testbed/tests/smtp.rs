//! The real SMTP server, over plain sockets.

#![cfg(feature = "smtp")]

mod dialogue;

use std::{error::Error, fs, net::TcpStream, time::Duration};

use dialogue::{Dialogue, over_tls};
use usher_testbed::{Refusal, Security, SmtpOptions, SmtpServer, TestbedError};

type Outcome = Result<(), Box<dyn Error>>;

const TIMEOUT: Duration = Duration::from_secs(10);

fn connect(server: &SmtpServer) -> std::io::Result<TcpStream> {
    TcpStream::connect(("127.0.0.1", server.port()))
}

#[test]
fn a_mail_arrives_with_its_envelope() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    assert_eq!(server.url(), format!("smtp://127.0.0.1:{}", server.port()));
    let mut client = Dialogue::greeted(connect(&server)?)?;
    let offer = client.says("EHLO test", 250)?;
    assert!(!offer.contains("STARTTLS") && !offer.contains("AUTH") && offer.contains("SMTPUTF8"), "{offer}");
    client.says("MAIL FROM:<host@example.org> SMTPUTF8", 250)?;
    client.says("RCPT TO:<ada@example.org>", 250)?;
    client.says("RCPT TO:<zoë@example.org>", 250)?;
    client.says("DATA", 354)?;
    client.says("Subject: One\r\n\r\n..dot\r\n.", 250)?;

    // The test need not wait: the client has received its 250.
    let mails = server.messages()?;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].mail_from, "host@example.org");
    assert_eq!(mails[0].rcpt_tos, ["ada@example.org", "zoë@example.org"]);
    assert_eq!(mails[0].raw, b"Subject: One\r\n\r\n.dot\r\n");
    assert_eq!((mails[0].user.as_deref(), mails[0].tls), (None, false));
    Ok(())
}

#[test]
fn waiting_ends_when_the_expected_mails_have_arrived() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let mails = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.wait_for(3, TIMEOUT));
        for number in 0..3 {
            let mut client = Dialogue::greeted(connect(&server)?)?;
            client.says("EHLO test", 250)?;
            client.mails("ada@example.org", &format!("{number}"), 250)?;
        }
        waiting.join().expect("waiting does not panic").map_err(Box::<dyn Error>::from)
    })?;
    let bodies: Vec<_> = mails.iter().map(|mail| mail.raw.as_slice()).collect();
    assert_eq!(bodies, [b"\r\n0\r\n", b"\r\n1\r\n", b"\r\n2\r\n"]);

    let error = server.wait_for(4, Duration::ZERO).expect_err("only three mails were sent");
    assert!(matches!(error, TestbedError::MailsMissing { awaited: 4, arrived: 3 }));
    Ok(())
}

#[test]
fn configured_failures_apply_to_matching_addresses() -> Outcome {
    let options = SmtpOptions::new(Security::Plain)
        .refuse(Refusal::recipient("gone", 550))
        .refuse(Refusal::recipient("grey", 451).first(1))
        .refuse(Refusal::message("spam", 554));
    let server = SmtpServer::start(&options)?;
    let mut client = Dialogue::greeted(connect(&server)?)?;
    client.says("EHLO test", 250)?;
    client.says("MAIL FROM:<host@example.org>", 250)?;
    for _ in 0..2 {
        client.says("RCPT TO:<gone.away@example.org>", 550)?;
    }
    client.says("RCPT TO:<grey@example.org>", 451)?;
    client.says("RSET", 250)?;
    client.mails("spam@example.org", "refused", 554)?;
    client.mails("grey@example.org", "taken", 250)?;
    assert_eq!(server.messages()?.len(), 1);
    Ok(())
}

#[test]
fn starttls_and_login_are_required() -> Outcome {
    let options = SmtpOptions::new(Security::StartTlsRequired).login("usher", "-secret");
    let server = SmtpServer::start(&options)?;
    let mut client = Dialogue::greeted(connect(&server)?)?;
    let offer = client.says("EHLO test", 250)?;
    assert!(offer.contains("STARTTLS") && !offer.contains("AUTH"), "{offer}");
    client.says("MAIL FROM:<host@example.org>", 530)?;
    client.says("STARTTLS", 220)?;

    let mut client =
        Dialogue::new(over_tls(client.into_stream(), "localhost", &fs::read(server.ca_pem_path())?)?);
    assert!(client.says("EHLO test", 250)?.contains("AUTH LOGIN PLAIN"));
    client.says("MAIL FROM:<host@example.org>", 530)?;
    // \0usher\0wrong and \0usher\0-secret in base64 (RFC 4616).
    client.says("AUTH PLAIN AHVzaGVyAHdyb25n", 535)?;
    client.says("AUTH PLAIN AHVzaGVyAC1zZWNyZXQ=", 235)?;
    client.mails("ada@example.org", "hello", 250)?;
    let mail = &server.messages()?[0];
    assert_eq!((mail.user.as_deref(), mail.tls), (Some("usher"), true));
    Ok(())
}

#[test]
fn a_connection_can_start_with_tls() -> Outcome {
    let server = SmtpServer::start(&SmtpOptions::new(Security::ImplicitTls))?;
    assert!(server.url().starts_with("smtps://127.0.0.1:"));
    let stream = over_tls(connect(&server)?, "127.0.0.1", &fs::read(server.ca_pem_path())?)?;
    let mut client = Dialogue::greeted(stream)?;
    let offer = client.says("EHLO test", 250)?;
    assert!(!offer.contains("AUTH") && !offer.contains("STARTTLS"), "{offer}");
    client.mails("ada@example.org", "hello", 250)?;
    assert!(server.messages()?[0].tls);
    Ok(())
}

#[test]
fn a_server_can_replace_another_on_its_port() -> Outcome {
    let first = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let port = first.port();
    let directory = first.ca_pem_path();
    drop(first);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err() && !directory.exists());
    let second = SmtpServer::start(&SmtpOptions::new(Security::Plain).port(port))?;
    Dialogue::greeted(connect(&second)?)?;

    let error =
        SmtpServer::start(&SmtpOptions::new(Security::Plain).port(port)).expect_err("the port is taken");
    assert!(error.to_string().contains("address already in use"), "{error}");
    Ok(())
}
