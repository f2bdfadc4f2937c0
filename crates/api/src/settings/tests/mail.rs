//! The relay.

use secrecy::ExposeSecret as _;

use super::*;

fn relay(url: &str) -> Desk {
    Desk::production().env("USHER__MAIL__URL", url)
}

#[test]
fn ports_follow_the_scheme() {
    for (url, full) in [
        ("smtp://relay.example.com", "smtp://relay.example.com:587"),
        ("smtps://relay.example.com/", "smtps://relay.example.com:465"),
        ("smtp://relay.example.com:25", "smtp://relay.example.com:25"),
        ("smtp://[2001:db8::1]:25", "smtp://[2001:db8::1]:25"),
    ] {
        let mail = relay(url).sound(Mode::Production).mail.unwrap();
        assert_eq!(mail.to_string(), full);
        assert!(mail.uses_tls());
    }
}

#[test]
fn credentials_in_the_url_are_decoded_and_taken_out() {
    let mail = relay("smtps://joe%40example.com:p%3A%2F%C3%A9@relay.example.com")
        .sound(Mode::Production)
        .mail
        .unwrap();
    assert_eq!(mail.to_string(), "smtps://relay.example.com:465");
    let (username, password) = mail.login().unwrap();
    assert_eq!((username, password.expose_secret()), ("joe@example.com", "p:/é"));
}

#[test]
fn credentials_of_their_own() {
    let desk = relay("smtps://relay.example.com").env("USHER__MAIL__USERNAME", "joe");
    let mail = desk.env("USHER__MAIL__PASSWORD", "pass").sound(Mode::Production).mail.unwrap();
    let (username, password) = mail.login().unwrap();
    assert_eq!((username, password.expose_secret()), ("joe", "pass"));
}

#[test]
fn half_or_double_credentials_are_refused() {
    for url in ["smtp://joe@h.example", "smtp://:pass@h.example", "smtp://joe:%FF@h.example"] {
        relay(url).refused_for(Mode::Production, "mail.url");
    }
    relay("smtp://joe:pass@h.example")
        .env("USHER__MAIL__PASSWORD", "x")
        .refused_for(Mode::Production, "mail.url");
    relay("smtp://h.example")
        .env("USHER__MAIL__PASSWORD", "x")
        .refused_for(Mode::Production, "mail.username");
    relay("smtp://h.example")
        .env("USHER__MAIL__USERNAME", "x")
        .refused_for(Mode::Production, "mail.password");
}

#[test]
fn odd_urls_are_refused() {
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
        relay(url).refused_for(Mode::Production, "mail.url");
    }
}

#[test]
fn tls_is_demanded_but_here_and_where_it_is_given_up_plainly() {
    for url in ["smtp://127.0.0.1", "smtp://localhost", "smtp://joe:pass@[::1]"] {
        let mail = relay(url).sound(Mode::Production).mail.unwrap();
        assert!(!mail.uses_tls(), "{url}");
        assert!(mail.to_string().ends_with(":25"), "{url}");
    }
    assert!(relay("smtps://localhost").sound(Mode::Production).mail.unwrap().uses_tls());
    let desk = relay("smtp://mailpit:1025").env("USHER__MAIL__INSECURE", "true");
    let settings = desk.sound(Mode::Production);
    assert!(!settings.mail.as_ref().unwrap().uses_tls());
    assert_eq!(settings.notices().len(), 1);
}

#[test]
fn an_authority_for_a_relay_here_asks_for_tls() {
    let desk = relay("smtp://joe:pass@localhost");
    let file = show(&desk.write("ca.pem", "PEM"));
    let mail = desk.env("USHER__MAIL__CA_FILE", &file).sound(Mode::Production).mail.unwrap();
    assert_eq!((mail.uses_tls(), mail.to_string().as_str()), (true, "smtp://localhost:587"));
}

#[test]
fn contradictions_about_tls_are_refused() {
    let insecure = |url: &str| relay(url).env("USHER__MAIL__INSECURE", "true");
    insecure("smtp://joe:pass@relay.example.com").refused_for(Mode::Production, "mail.insecure");
    insecure("smtps://relay.example.com").refused_for(Mode::Production, "mail.insecure");
    insecure("smtp://joe:pass@localhost").sound(Mode::Production);
    relay("smtp://relay.example.com")
        .env("USHER__MAIL__INSECURE", "maybe")
        .refused_for(Mode::Tool, "mail.insecure");
    let desk = insecure("smtp://relay.example.com").env("USHER__MAIL__CA_FILE", "ca.pem");
    desk.refused_for(Mode::Tool, "mail.insecure");
}

#[test]
fn senders_are_addresses() {
    for (from, name) in [
        ("a@example.com", None),
        (" <a@example.com> ", None),
        ("Example <a@example.com>", Some("Example")),
        ("\"Onward, Inc.\" <a@example.com>", Some("Onward, Inc.")),
    ] {
        let settings = relay("smtp://h.example").env("USHER__MAIL__FROM", from).sound(Mode::Production);
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
        relay("smtp://h.example").env("USHER__MAIL__FROM", from).refused_for(Mode::Production, "mail.from");
    }
}

#[test]
fn hello_names_are_host_names() {
    let mail = Desk::production().sound(Mode::Production).mail.unwrap();
    assert_eq!(mail.hello_name(), "example.com");
    let long = format!("{}.example.com", "a".repeat(64));
    for good in ["usher", "usher.example.com", "a-1.b", "xn--bcher-kva.example"] {
        let desk = Desk::production().env("USHER__MAIL__HELLO_NAME", good);
        assert_eq!(desk.sound(Mode::Production).mail.unwrap().hello_name(), good);
    }
    for bad in [".", "a..b", "a b", "a\r\nMAIL FROM:<x@example.com>", "ü.example", "[192.0.2.1]", &long] {
        let desk = Desk::production().env("USHER__MAIL__HELLO_NAME", bad);
        let text = desk.refused_for(Mode::Production, "mail.hello_name");
        assert!(text.contains("usher.example.com"), "{text}");
    }
}

#[test]
fn development_can_use_a_relay_too() {
    let desk = Desk::new().env("USHER__MAIL__URL", "smtp://localhost:1025");
    desk.refused_for(Mode::Development, "mail.from");
    assert!(desk.env("USHER__MAIL__FROM", "a@example.com").sound(Mode::Development).mail.is_some());
}

#[test]
fn an_absent_authority_is_noticed_before_the_first_mail() {
    let desk = Desk::production().env("USHER__MAIL__CA_FILE", "absent.pem");
    assert!(desk.refused_for(Mode::Production, "mail.ca_file").contains("absent.pem"));
}
