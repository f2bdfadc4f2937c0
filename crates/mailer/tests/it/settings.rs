//! Settings are checked at the start, all of them at once.

use std::{fs, time::Duration};

use usher_mailer::{LettreMailer, Sender, SettingsError, SmtpSettings, Tls};
use usher_testbed::{Security, SmtpOptions, SmtpServer};

use crate::support::Outcome;

const FROM: &str = "usher@mail.example.com";

fn errors(settings: SmtpSettings) -> Vec<String> {
    match LettreMailer::new(settings) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

fn plain(url: &str) -> SmtpSettings {
    SmtpSettings { tls: Tls::None, ..SmtpSettings::new(url, FROM) }
}

/// Which kind of error the URL gives, if any.
fn url_error(url: &str) -> Option<SettingsError> {
    let settings = SmtpSettings { tls: Tls::NoneEvenForLogin, ..SmtpSettings::new(url, FROM) };
    LettreMailer::new(settings).err().and_then(|errors| {
        errors.iter().next().map(|error| match error {
            SettingsError::Url => SettingsError::Url,
            SettingsError::UrlTail => SettingsError::UrlTail,
            SettingsError::CredentialsIncomplete => SettingsError::CredentialsIncomplete,
            SettingsError::CredentialsNul => SettingsError::CredentialsNul,
            _ => SettingsError::HelloName,
        })
    })
}

#[test]
fn urls() {
    for good in [
        "smtp://relay",
        "smtp://relay.example.com",
        "smtp://relay.example.com/",
        "SMTP://Relay.Example.COM:2525",
        "smtp://192.0.2.1:25",
        "smtp://[2001:db8::1]:25",
        "smtp://bücher.example",
        "smtp://user:p%40ss%3Aword@relay.example.com",
    ] {
        assert!(url_error(good).is_none(), "{good}: {:?}", url_error(good));
    }
    for bad in [
        "",
        "relay",
        "relay:25",
        "http://relay",
        "smtp:relay",
        "smtp://",
        "smtp://:25",
        "smtp://relay:0",
        "smtp://relay:65536",
        "smtp://re lay",
        "smtp://[::1",
        "smtp://user:%ff@relay",
        "submission://relay",
    ] {
        assert!(matches!(url_error(bad), Some(SettingsError::Url)), "{bad}: {:?}", url_error(bad));
    }
    for tail in ["smtp://relay/path", "smtp://relay?tls=required", "smtp://relay#x"] {
        assert!(matches!(url_error(tail), Some(SettingsError::UrlTail)), "{tail}");
    }
    for half in ["smtp://user@relay", "smtp://user:@relay", "smtp://:password@relay"] {
        assert!(matches!(url_error(half), Some(SettingsError::CredentialsIncomplete)), "{half}");
    }
    assert!(matches!(url_error("smtp://us%00er:password@relay"), Some(SettingsError::CredentialsNul)));
}

#[test]
fn everything_wrong_is_said_at_once_and_without_the_values() {
    let settings = SmtpSettings {
        url: "smtp://user:hunter2@relay/path".to_owned().into(),
        tls: Tls::Required,
        ca_file: Some("/nonexistent/authority.pem".into()),
        credentials: Some(("user".into(), String::new().into())),
        hello_name: Some("two words".into()),
        from_name: Some("see www.example.com".into()),
        from_address: "usher".into(),
        deadline: Duration::ZERO,
    };
    let shown = format!("{settings:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let errors = errors(settings);
    assert_eq!(
        errors,
        [
            "url: must end after the host and port",
            "ca_file: cannot read /nonexistent/authority.pem",
            "credentials: need both a user and a password",
            "hello_name: must be a host name such as usher.example.com",
            "from_name: must not contain a web or e-mail address (write a space after a dot inside a name)",
            "from_address: must be one e-mail address such as name@example.com",
            "deadline: must be more than nothing and at most 10 minutes",
        ]
    );
}

#[test]
fn contradictions() {
    assert_eq!(errors(plain("smtps://relay")), ["tls: must be on with an smtps:// url"]);
    let twice = SmtpSettings {
        tls: Tls::NoneEvenForLogin,
        credentials: Some(("user".into(), "password".to_owned().into())),
        ..plain("smtp://user:password@relay")
    };
    assert_eq!(errors(twice), ["credentials: are given twice, in the url and beside it"]);
    assert_eq!(
        errors(plain("smtp://user:password@relay")),
        ["credentials: would be sent in clear, because tls is off"]
    );
}

#[test]
fn authorities() -> Outcome {
    let folder = tempfile::tempdir()?;
    let with = |name: &str, text: &str| -> Outcome<Vec<String>> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(errors(SmtpSettings { ca_file: Some(path), ..SmtpSettings::new("smtp://relay", FROM) }))
    };
    for (name, text) in [
        ("empty.pem", ""),
        ("words.pem", "no certificate"),
        ("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
        let errors = with(name, text)?;
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("ca_file: no usable certificate in "), "{errors:?}");
    }
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let pem = fs::read_to_string(server.ca_pem_path())?;
    assert_eq!(with("one.pem", &pem)?, Vec::<String>::new());
    assert_eq!(with("two.pem", &format!("# a comment\n{pem}\n{pem}"))?, Vec::<String>::new());
    Ok(())
}

#[test]
fn senders() -> Outcome {
    let sender = Sender::new(Some("Usher at Bücher"), "usher@Bücher.example")?;
    assert_eq!(sender.domain(), "xn--bcher-kva.example");
    let wrong = Sender::new(Some("line\nbreak"), "üsher@example.com").err().ok_or("accepted")?;
    assert_eq!(
        wrong.to_string(),
        "from_name: must be a single line without control characters or invisible direction marks; \
         from_address: must be ASCII before the @"
    );
    assert!(Sender::new(None, "usher@localhost").is_err());
    Ok(())
}

#[test]
fn hello_names_and_deadlines() {
    for good in ["usher", "usher.example.com", "a-1.b"] {
        let settings = SmtpSettings { hello_name: Some(good.into()), ..plain("smtp://relay") };
        assert!(errors(settings).is_empty(), "{good}");
    }
    for bad in ["", ".", "a..b", "a b", "a\r\nMAIL FROM:<x@example.com>", "ü.example", "[192.0.2.1]"] {
        let settings = SmtpSettings { hello_name: Some(bad.into()), ..plain("smtp://relay") };
        assert_eq!(errors(settings), ["hello_name: must be a host name such as usher.example.com"]);
    }
    let long = SmtpSettings { deadline: Duration::from_secs(601), ..plain("smtp://relay") };
    assert_eq!(errors(long), ["deadline: must be more than nothing and at most 10 minutes"]);
}

#[test]
fn a_mailer_says_where_it_sends_and_nothing_of_the_login() -> Outcome {
    let settings =
        SmtpSettings { tls: Tls::NoneEvenForLogin, ..plain("smtp://gatekeeper:sesame@relay.example.com") };
    let mailer = LettreMailer::new(settings)?;
    assert_eq!(format!("{mailer:?}"), "LettreMailer { host: \"relay.example.com\", port: 25, .. }");
    Ok(())
}
