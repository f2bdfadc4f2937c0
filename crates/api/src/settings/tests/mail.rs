//! `[mail]`: the mailer tests the rules in detail; here they are assigned to keys.

use secrecy::ExposeSecret as _;

use super::*;

fn relay(url: &str) -> Scenario {
    Scenario::production().env("USHER__MAIL__URL", url)
}

#[test]
fn ports_follow_the_scheme() {
    for (url, full) in [
        ("smtp://relay.example.com", "smtp://relay.example.com:587"),
        ("smtps://relay.example.com/", "smtps://relay.example.com:465"),
        ("smtp://relay.example.com:25", "smtp://relay.example.com:25"),
        ("smtp://[2001:db8::1]:25", "smtp://[2001:db8::1]:25"),
    ] {
        let mail = relay(url).load_valid(DeploymentMode::Production).mail.unwrap();
        assert_eq!(mail.to_string(), full);
        assert!(mail.uses_tls());
    }
}

#[test]
fn credentials_in_the_url_are_decoded_and_taken_out() {
    let mail = relay("smtps://joe%40example.com:p%3A%2F%C3%A9@relay.example.com")
        .load_valid(DeploymentMode::Production)
        .mail
        .unwrap();
    assert_eq!(mail.to_string(), "smtps://relay.example.com:465");
    let (username, password) = mail.login().unwrap();
    assert_eq!((username, password.expose_secret()), ("joe@example.com", "p:/é"));
}

#[test]
fn credentials_can_have_their_own_keys() {
    let scenario = relay("smtps://relay.example.com").env("USHER__MAIL__USERNAME", "joe");
    let mail =
        scenario.env("USHER__MAIL__PASSWORD", "pass").load_valid(DeploymentMode::Production).mail.unwrap();
    let (username, password) = mail.login().unwrap();
    assert_eq!((username, password.expose_secret()), ("joe", "pass"));
}

#[test]
fn incomplete_and_duplicate_credentials_are_rejected() {
    for url in ["smtp://joe@h.example", "smtp://:pass@h.example", "smtp://joe:%FF@h.example"] {
        relay(url).problem_of(DeploymentMode::Production, "mail.url");
    }
    relay("smtp://joe:pass@h.example")
        .env("USHER__MAIL__PASSWORD", "x")
        .problem_of(DeploymentMode::Production, "mail.url");
    relay("smtp://h.example")
        .env("USHER__MAIL__PASSWORD", "x")
        .problem_of(DeploymentMode::Production, "mail.username");
    relay("smtp://h.example")
        .env("USHER__MAIL__USERNAME", "x")
        .problem_of(DeploymentMode::Production, "mail.password");
}

#[test]
fn other_urls_are_rejected() {
    for url in [
        "relay.example.com:25",
        "http://h.example",
        "smtp:h.example",
        "smtp://",
        "smtp://:25",
        "smtp://h/x",
        "smtp://h?x",
        "smtp://h#x",
    ] {
        relay(url).problem_of(DeploymentMode::Production, "mail.url");
    }
}

#[test]
fn tls_is_required_except_on_this_machine_or_with_insecure() {
    for url in ["smtp://127.0.0.1", "smtp://localhost", "smtp://joe:pass@[::1]"] {
        let mail = relay(url).load_valid(DeploymentMode::Production).mail.unwrap();
        assert!(!mail.uses_tls(), "{url}");
        assert!(mail.to_string().ends_with(":25"), "{url}");
    }
    assert!(relay("smtps://localhost").load_valid(DeploymentMode::Production).mail.unwrap().uses_tls());
    let scenario = relay("smtp://mailpit:1025").env("USHER__MAIL__INSECURE", "true");
    let settings = scenario.load_valid(DeploymentMode::Production);
    assert!(!settings.mail.as_ref().unwrap().uses_tls());
    assert_eq!(settings.notices().len(), 1);
}

#[test]
fn a_ca_file_requires_tls_on_this_machine_too() {
    let scenario = relay("smtp://joe:pass@localhost");
    let file = show(&scenario.write("ca.pem", "PEM"));
    let mail =
        scenario.env("USHER__MAIL__CA_FILE", &file).load_valid(DeploymentMode::Production).mail.unwrap();
    assert_eq!((mail.uses_tls(), mail.to_string().as_str()), (true, "smtp://localhost:587"));
}

#[test]
fn contradictions_about_tls_are_rejected() {
    let insecure = |url: &str| relay(url).env("USHER__MAIL__INSECURE", "true");
    insecure("smtp://joe:pass@relay.example.com").problem_of(DeploymentMode::Production, "mail.insecure");
    insecure("smtps://relay.example.com").problem_of(DeploymentMode::Production, "mail.insecure");
    insecure("smtp://joe:pass@localhost").load_valid(DeploymentMode::Production);
    relay("smtp://relay.example.com")
        .env("USHER__MAIL__INSECURE", "maybe")
        .problem_of(DeploymentMode::Tool, "mail.insecure");
    let scenario = insecure("smtp://relay.example.com").env("USHER__MAIL__CA_FILE", "ca.pem");
    scenario.problem_of(DeploymentMode::Tool, "mail.insecure");
}

#[test]
fn senders_are_addresses() {
    for (from, name) in [
        ("a@example.com", None),
        (" <a@example.com> ", None),
        ("Example <a@example.com>", Some("Example")),
        ("\"Onward, Inc.\" <a@example.com>", Some("Onward, Inc.")),
    ] {
        let settings =
            relay("smtp://h.example").env("USHER__MAIL__FROM", from).load_valid(DeploymentMode::Production);
        let mail = settings.mail.unwrap();
        assert_eq!((mail.sender().name(), mail.sender().address().as_str()), (name, "a@example.com"));
    }
    for from in [
        "Example",
        "a@localhost",
        "ä@example.com",
        "a@example.com b@example.com",
        "A\r\nBcc: b@c.de <a@example.com>",
        "example.com <a@example.com>",
        "<>",
        "a@example.com>",
    ] {
        relay("smtp://h.example")
            .env("USHER__MAIL__FROM", from)
            .problem_of(DeploymentMode::Production, "mail.from");
    }
}

#[test]
fn hello_names_are_host_names() {
    let mail = Scenario::production().load_valid(DeploymentMode::Production).mail.unwrap();
    assert_eq!(mail.hello_name(), "example.com");
    let long = format!("{}.example.com", "a".repeat(64));
    for good in ["usher", "usher.example.com", "a-1.b", "xn--bcher-kva.example"] {
        let scenario = Scenario::production().env("USHER__MAIL__HELLO_NAME", good);
        assert_eq!(scenario.load_valid(DeploymentMode::Production).mail.unwrap().hello_name(), good);
    }
    for bad in [".", "a..b", "a b", "a\r\nMAIL FROM:<x@example.com>", "ü.example", "[192.0.2.1]", &long] {
        let scenario = Scenario::production().env("USHER__MAIL__HELLO_NAME", bad);
        let text = scenario.problem_of(DeploymentMode::Production, "mail.hello_name");
        assert!(text.contains("usher.example.com"), "{text}");
    }
}

#[test]
fn development_mode_can_use_a_relay() {
    let scenario = Scenario::new().env("USHER__MAIL__URL", "smtp://localhost:1025");
    scenario.problem_of(DeploymentMode::Development, "mail.from");
    assert!(
        scenario
            .env("USHER__MAIL__FROM", "a@example.com")
            .load_valid(DeploymentMode::Development)
            .mail
            .is_some()
    );
}

#[test]
fn an_absent_ca_file_is_reported_at_start() {
    let scenario = Scenario::production().env("USHER__MAIL__CA_FILE", "absent.pem");
    assert!(scenario.problem_of(DeploymentMode::Production, "mail.ca_file").contains("absent.pem"));
}
