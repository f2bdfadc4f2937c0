//! Settings are validated once, and all mistakes are reported together.

use std::fs;

use secrecy::{ExposeSecret as _, SecretString};
use usher_mailer::{LettreMailer, Relay, Sender, SettingsErrors, SmtpSettings};
use usher_testbed::{Security, SmtpOptions, SmtpServer};

use crate::support::{AUTHORITY, Outcome};

const FROM: &str = "usher@mail.example.com";

fn relay(url: &str) -> SmtpSettings {
    SmtpSettings::new(url.to_owned(), FROM)
}

fn insecure(url: &str) -> SmtpSettings {
    SmtpSettings { insecure: true, ..relay(url) }
}

fn with_login(user: &str, password: &str, settings: SmtpSettings) -> SmtpSettings {
    let password = Some(password.to_owned().into());
    SmtpSettings { username: Some(user.to_owned()), password, ..settings }
}

fn fields<T>(checked: Result<T, SettingsErrors>) -> Vec<&'static str> {
    checked.err().map(|errors| errors.0.iter().map(|error| error.field).collect()).unwrap_or_default()
}

#[test]
fn the_scheme_decides_the_port_and_the_protection() -> Outcome {
    for (url, full, tls) in [
        ("smtp://relay", "smtp://relay:587", true),
        ("smtp://relay.example.com/", "smtp://relay.example.com:587", true),
        ("smtps://relay.example.com", "smtps://relay.example.com:465", true),
        ("SMTP://Relay.Example.COM:2525", "smtp://relay.example.com:2525", true),
        ("smtp://192.0.2.1:25", "smtp://192.0.2.1:25", true),
        ("smtp://[2001:db8::1]:25", "smtp://[2001:db8::1]:25", true),
        ("smtp://bücher.example", "smtp://xn--bcher-kva.example:587", true),
        ("smtp://user:p%40ss%3Aword@relay.example.com", "smtp://relay.example.com:587", true),
        ("smtp://localhost", "smtp://localhost:25", false),
        ("smtp://[::1]", "smtp://[::1]:25", false),
        ("smtps://localhost", "smtps://localhost:465", true),
    ] {
        let relay = relay(url).check()?;
        assert_eq!((relay.to_string().as_str(), relay.uses_tls()), (full, tls), "{url}");
        assert!(!relay.is_exposed(), "{url}");
    }
    let relay = insecure("smtp://relay.example.com").check()?;
    assert_eq!((relay.to_string().as_str(), relay.uses_tls()), ("smtp://relay.example.com:25", false));
    assert!(relay.is_exposed());
    Ok(())
}

#[test]
fn other_urls_are_rejected() {
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
        "submission://relay",
        "smtp://relay/path",
        "smtp://relay?tls=required",
        "smtp://relay#x",
        "smtp://user@relay",
        "smtp://user:@relay",
        "smtp://:password@relay",
        "smtp://user:%ff@relay",
        "smtp://us%00er:password@relay",
    ] {
        assert_eq!(fields(relay(bad).check()), ["url"], "{bad}");
    }
}

#[test]
fn the_login_is_in_the_url_or_in_its_own_settings() -> Outcome {
    let login = |relay: &Relay| {
        relay.login().map(|(user, password)| (user.to_owned(), password.expose_secret().to_owned()))
    };
    let in_url = relay("smtps://joe%40example.com:p%3A%2F%C3%A9@relay").check()?;
    assert_eq!(login(&in_url), Some(("joe@example.com".to_owned(), "p:/é".to_owned())));
    let own = with_login("joe", "pass", relay("smtps://relay")).check()?;
    assert_eq!(login(&own), Some(("joe".to_owned(), "pass".to_owned())));

    let twice = with_login("joe", "pass", relay("smtp://joe:pass@relay"));
    assert_eq!(fields(twice.check()), ["url"]);
    let half = SmtpSettings { username: Some("joe".to_owned()), ..relay("smtp://relay") };
    assert_eq!(fields(half.check()), ["password"]);
    let half = SmtpSettings { password: Some(SecretString::from("pass")), ..relay("smtp://relay") };
    assert_eq!(fields(half.check()), ["username"]);
    assert_eq!(fields(with_login("joe", "", relay("smtp://relay")).check()), ["password"]);
    assert_eq!(fields(with_login("j\0e", "pass", relay("smtp://relay")).check()), ["username"]);
    Ok(())
}

#[test]
fn all_mistakes_are_reported_together_and_without_the_values() {
    let settings = SmtpSettings {
        insecure: true,
        hello_name: Some("two words".into()),
        from: Some("see www.example.com <usher@example.com>".into()),
        ..with_login("joe", "", relay("smtps://hunter2.example.com"))
    };
    assert_eq!(
        settings.check().map(drop).unwrap_err().to_string(),
        "from has a name that mails cannot show: it must not contain a web or e-mail address (write a space after a \
         dot inside a name); hello_name must be a host name such as usher.example.com; password must have a password \
         without NUL; insecure is true, but the URL begins with smtps://: keep one of them"
    );
    let settings = relay("smtp://user:hunter2@relay/path");
    assert!(!format!("{settings:?} {:?}", settings.clone().check()).contains("hunter2"));
}

#[test]
fn insecure_contradicts_tls_and_a_login_on_another_machine() -> Outcome {
    assert_eq!(fields(insecure("smtps://relay").check()), ["insecure"]);
    let with_authority = SmtpSettings { ca_file: Some(AUTHORITY.into()), ..insecure("smtp://relay") };
    assert_eq!(fields(with_authority.check()), ["insecure"]);
    assert_eq!(fields(insecure("smtp://joe:pass@relay").check()), ["insecure"]);
    assert!(!insecure("smtp://joe:pass@localhost").check()?.uses_tls());
    Ok(())
}

#[test]
fn an_authority_asks_for_tls_on_this_machine_too() -> Outcome {
    let settings = SmtpSettings { ca_file: Some(AUTHORITY.into()), ..relay("smtp://localhost") };
    assert_eq!(settings.check()?.to_string(), "smtp://localhost:587");
    Ok(())
}

#[test]
fn url_and_sender_are_required() {
    let none = SmtpSettings { url: None, from: None, ..relay("") };
    assert_eq!(fields(none.check()), ["from", "url"]);
}

#[test]
fn files_of_authorities_hold_certificates() -> Outcome {
    let folder = tempfile::tempdir()?;
    let with = |path: std::path::PathBuf| -> Outcome<Option<String>> {
        let settings = SmtpSettings { ca_file: Some(path), ..relay("smtp://relay") };
        Ok(LettreMailer::new(settings.check()?).err().map(|error| error.to_string()))
    };
    let file = |name: &str, text: &str| -> Outcome<std::path::PathBuf> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    };
    for (name, text) in [
        ("empty.pem", ""),
        ("words.pem", "no certificate"),
        ("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
        let error = with(file(name, text)?)?.unwrap_or_default();
        assert!(error.starts_with("ca_file: no usable certificate in "), "{error}");
    }
    let absent = with(folder.path().join("absent.pem"))?.unwrap_or_default();
    assert!(absent.starts_with("ca_file: cannot read ") && absent.contains("absent.pem"), "{absent}");
    let server = SmtpServer::start(&SmtpOptions::new(Security::Plain))?;
    let pem = fs::read_to_string(server.ca_pem_path())?;
    assert_eq!(with(file("one.pem", &pem)?)?, None);
    assert_eq!(with(file("two.pem", &format!("# a comment\n{pem}\n{pem}"))?)?, None);
    Ok(())
}

#[test]
fn senders_have_an_address_and_perhaps_a_name() -> Outcome {
    for (text, name) in [
        ("a@example.com", None),
        (" <a@example.com> ", None),
        ("Example <a@example.com>", Some("Example")),
        ("\"Onward, Inc.\" <a@example.com>", Some("Onward, Inc.")),
    ] {
        let sender = Sender::parse(text)?;
        assert_eq!((sender.name(), sender.address().as_str()), (name, "a@example.com"), "{text}");
    }
    for text in [
        "Example",
        "a@localhost",
        "ä@example.com",
        "a@example.com b@example.com",
        "A\r\nBcc: b@c.de <a@example.com>",
        "example.com <a@example.com>",
        "<>",
        "a@example.com>",
    ] {
        assert!(Sender::parse(text).is_err(), "{text}");
    }
    let sender = Sender::new(Some("Usher at Bücher"), "usher@Bücher.example")?;
    assert_eq!(sender.domain(), "xn--bcher-kva.example");
    assert!(Sender::new(Some("line\nbreak"), "usher@example.com").is_err());
    Ok(())
}

#[test]
fn hello_names_are_host_names() -> Outcome {
    let named = |name: &str| SmtpSettings { hello_name: Some(name.into()), ..relay("smtp://relay") };
    for good in ["usher", "usher.example.com", "a-1.b", "xn--bcher-kva.example"] {
        assert_eq!(named(good).check()?.hello_name(), good);
    }
    let long = format!("{}.example.com", "a".repeat(64));
    for bad in ["", ".", "a..b", "a b", "a\r\nMAIL FROM:<x@example.com>", "ü.example", "[192.0.2.1]", &long]
    {
        assert_eq!(fields(named(bad).check()), ["hello_name"], "{bad}");
    }
    assert_eq!(relay("smtp://relay").check()?.hello_name(), "mail.example.com");
    Ok(())
}

#[test]
fn debug_output_of_a_mailer_shows_the_relay_and_not_the_login() -> Outcome {
    let mailer = LettreMailer::new(relay("smtp://gatekeeper:sesame@localhost").check()?)?;
    assert_eq!(format!("{mailer:?}"), "LettreMailer { host: \"localhost\", port: 25, .. }");
    Ok(())
}
