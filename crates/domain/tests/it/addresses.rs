use proptest::prelude::*;
use usher_domain::{
    address::{AddressError, EmailAddress},
    testkit::email,
};

#[test]
fn spellings_of_one_mailbox_have_one_key() {
    let table = [
        ("joe@example.com", "joe@example.com"),
        ("  Joe@Example.COM ", "joe@example.com"),
        ("joe+tag@example.com", "joe+tag@example.com"),
        ("j.o.e@example.com", "j.o.e@example.com"),
        ("JÜRGEN@example.com", "jürgen@example.com"),
        ("joe@BÜCHER.example", "joe@xn--bcher-kva.example"),
        ("joe@xn--bcher-kva.example", "joe@xn--bcher-kva.example"),
        ("joe@bücher.example", "joe@xn--bcher-kva.example"),
    ];
    for (typed, key) in table {
        assert_eq!(email(typed).key(), key, "{typed}");
        assert_eq!(email(typed).as_str(), typed.trim(), "shown as typed");
    }
}

#[test]
fn look_alikes_stay_distinct() {
    let plain = email("mike@example.com");
    for other in ["mıke@example.com", "mi\u{212A}e@example.com", "m.ike@example.com", "mike+x@example.com"] {
        assert_ne!(email(other), plain, "{other}");
    }
    assert_ne!(email("strasse@example.com"), email("straße@example.com"));
    assert_ne!(email("ſam@example.com"), email("sam@example.com"));
}

#[test]
fn a_text_that_is_not_one_mailbox_is_rejected() {
    use AddressError::{Domain, Local, Shape, TooLong};
    let table = [
        ("", Shape),
        ("joe", Shape),
        ("@example.com", Shape),
        ("joe@", Shape),
        ("joe@example.com@example.org", Shape),
        ("joe@example.com, ann@example.com", Shape),
        ("Joe <joe@example.com>", Local),
        ("joe wright@example.com", Local),
        ("\"joe\"@example.com", Local),
        ("joe%example.org@example.com", Local),
        ("relay!joe@example.com", Local),
        ("=?x?q?victim=40host=3E=00?=@example.com", Local),
        (".joe@example.com", Local),
        ("jo..e@example.com", Local),
        ("joe\r\nRCPT TO:<x@example.com>", Local),
        ("zoe\u{308}@example.com", Local),
        ("joe\n@example.com", Local),
        ("jo\u{0}e@example.com", Local),
        ("jo\u{202E}e@example.com", Local),
        ("joe@localhost", Domain),
        ("joe@[127.0.0.1]", Domain),
        ("joe@127.0.0.1", Domain),
        ("joe@-a.com", Domain),
        ("joe@a..com", Domain),
        ("joe@example.com.", Domain),
        ("joe@exa mple.com", Domain),
        ("joe@example.com\n", Domain),
        ("joe@exam\nple.com", Domain),
    ];
    for (text, error) in table {
        let parsed = EmailAddress::parse(text).map(|address| address.key().to_owned());
        // White space around an address is removed, including a line break.
        if text == "joe@example.com\n" {
            assert_eq!(parsed.as_deref(), Ok("joe@example.com"));
        } else {
            assert_eq!(parsed, Err(error), "{text:?}");
        }
    }
    assert_eq!(EmailAddress::parse(&format!("{}@example.com", "x".repeat(65))).unwrap_err(), TooLong);
    let long = format!("{}.com", ["x".repeat(60), "y".repeat(60), "z".repeat(60), "w".repeat(60)].join("."));
    assert_eq!(EmailAddress::parse(&format!("joe.wright@{long}")).unwrap_err(), TooLong);
}

#[test]
fn strangers_see_a_masked_address() {
    assert_eq!(email("joe.wright@example.com").masked(), "j***@example.com");
    assert_eq!(email("ü@bücher.example").masked(), "ü***@xn--bcher-kva.example");
}

#[test]
fn the_envelope_keeps_the_local_part_and_encodes_the_domain() {
    assert_eq!(email(" Joe@BÜCHER.example").envelope(), "Joe@xn--bcher-kva.example");
}

proptest! {
    #[test]
    fn parsing_never_panics_and_keys_are_stable(input in ".{0,300}|[a-zA-Z0-9.+ü@-]{0,40}@[a-z.ü-]{0,30}") {
        if let Ok(address) = EmailAddress::parse(&input) {
            prop_assert!(!address.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
            prop_assert_eq!(address.key().matches('@').count(), 1);
            prop_assert!(address.domain().is_ascii());
            let again = EmailAddress::parse(address.key()).expect("a key is an address");
            prop_assert_eq!(again.key(), address.key());
        }
    }

    #[test]
    fn addresses_that_differ_in_case_are_equal(local in "[a-z0-9+.]{1,20}", domain in "[a-z]{1,10}\\.[a-z]{2,5}") {
        let lower = format!("{local}@{domain}");
        if let Ok(address) = EmailAddress::parse(&lower) {
            prop_assert_eq!(EmailAddress::parse(&lower.to_uppercase()).expect("the same address"), address);
        }
    }
}
