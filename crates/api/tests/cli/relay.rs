//! The commands that try the relay.

use usher_testbed::{Refusal, Security, SmtpOptions, SmtpServer};

use super::program::Program;

/// A program that uses the server as its relay.
pub(super) fn with_relay(server: &SmtpServer, password: &str) -> Program {
    Program::new()
        .env("USHER__MAIL__URL", &server.url())
        .env("USHER__MAIL__FROM", "Usher <usher@example.com>")
        .env("USHER__MAIL__USERNAME", "usher")
        .env("USHER__MAIL__PASSWORD", password)
        .env("USHER__MAIL__CA_FILE", server.ca_pem_path().to_str().unwrap())
}

pub(super) fn relay() -> SmtpServer {
    let options = SmtpOptions::new(Security::StartTlsRequired)
        .login("usher", "secret")
        .refuse(Refusal::recipient("gone", 550))
        .refuse(Refusal::message("spam", 554));
    SmtpServer::start(&options).unwrap()
}

const TEST: [&str; 4] = ["mail", "test", "--to", "jane@example.org"];

#[test]
fn a_test_mail_shows_each_step() {
    let relay = relay();
    let program = with_relay(&relay, "secret");
    let text = program.run(&TEST).stdout();
    let steps: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        steps,
        ["connecting", "STARTTLS", "TLS", "greeting", "login", "MAIL", "RCPT", "DATA", "message", "the"]
    );
    assert!(text.contains("message     250 2.0.0 OK\n"), "{text}");
    let json = program.run(&[&TEST[..], &["--json"]].concat()).json();
    assert_eq!((&json["accepted"], &json["steps"][8]["step"]), (&true.into(), &"message".into()));
    let mails = relay.messages().unwrap();
    assert_eq!((mails.len(), mails[0].rcpt_tos.as_slice()), (2, &["jane@example.org".to_owned()][..]));
    assert!(!program.path("data/usher.db").exists(), "no database is needed");
}

#[test]
fn a_refused_test_mail_names_the_words_of_the_relay_and_the_consequence() {
    let relay = relay();
    let program = with_relay(&relay, "secret");
    for (to, reason, consequence) in [
        ("gone@example.org", "RCPT: 550 5.1.1 Refused as the test asked", "refuses this recipient"),
        ("spam@example.org", "message: 554 5.7.1 Refused as the test asked", "wait for up to four days"),
    ] {
        let ended = program.run(&["mail", "test", "--to", to]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(reason) && ended.err.contains(consequence), "{ended:?}");
        assert!(ended.out.starts_with("connecting"), "{ended:?}");
    }
    let ended = with_relay(&relay, "mistyped").run(&TEST);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("login: 535") && !ended.err.contains("mistyped"), "{ended:?}");
}

#[test]
fn a_test_mail_needs_a_relay() {
    Program::new().run(&TEST).assert_failed(2, "mail.url (USHER__MAIL__URL) is missing");
    let program = Program::new().env("USHER__MAIL__URL", "smtp://relay.example.com");
    program.run(&TEST).assert_failed(2, "mail.from");
}
