use proptest::prelude::*;
use usher_domain::{
    address::{AddressError, EmailAddress},
    testkit::email,
};

/// Invisible characters that IDNA ignores or that count as letters.
const INVISIBLE: [char; 16] = [
    '\u{AD}',
    '\u{34F}',
    '\u{61C}',
    '\u{115F}',
    '\u{1160}',
    '\u{180B}',
    '\u{200B}',
    '\u{200C}',
    '\u{200D}',
    '\u{2060}',
    '\u{2064}',
    '\u{3164}',
    '\u{FE0F}',
    '\u{FEFF}',
    '\u{FFA0}',
    '\u{E0100}',
];

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
        ("erased@erased.invalid", Domain),
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
fn what_is_shown_of_a_domain_is_what_was_checked() {
    let table = [
        ("joe@exam\u{200B}ple.com", "joe@example.com"),
        ("joe@exam\u{AD}ple.com", "joe@example.com"),
        ("joe@\u{FEFF}example.com", "joe@example.com"),
        ("joe@example.com\u{200B}", "joe@example.com"),
        ("joe@exam\u{2060}ple.co\u{FE0F}m", "joe@example.com"),
        ("joe@ex\u{34F}ample.com", "joe@example.com"),
        ("joe@ｅｘａｍｐｌｅ.com", "joe@example.com"),
        ("joe@example。com", "joe@example.com"),
        ("joe@ℯxample.com", "joe@example.com"),
        ("joe@bü\u{200B}cher.example", "joe@bücher.example"),
        ("joe@bu\u{308}cher.example", "joe@bücher.example"),
        // These are as visible as they were typed.
        ("joe@BÜCHER.example", "joe@BÜCHER.example"),
        ("joe@Example.COM", "joe@Example.COM"),
        ("joe@xn--bcher-kva.example", "joe@xn--bcher-kva.example"),
        ("joe@straße.example", "joe@straße.example"),
    ];
    for (typed, shown) in table {
        assert_eq!(email(typed).as_str(), shown, "{typed:?}");
    }
}

#[test]
fn an_invisible_character_before_the_at_sign_is_rejected() {
    for c in INVISIBLE {
        for text in
            [format!("jo{c}e@example.com"), format!("joe{c}@example.com"), format!("jo{c}e@docomo.ne.jp")]
        {
            assert_eq!(EmailAddress::parse(&text), Err(AddressError::Local), "{text:?}");
        }
    }
}

#[test]
fn two_japanese_carriers_have_dots_in_any_places() {
    let table = [
        ("try..this..0511@docomo.ne.jp", "try..this..0511", true),
        ("Hanako.@docomo.ne.jp", "Hanako.", true),
        (".hanako@ezweb.ne.jp", ".hanako", true),
        ("\"aaa..bbbb\"@DoCoMo.ne.jp", "aaa..bbbb", true),
        ("\"hanako\"@ezweb.ne.jp", "hanako", false),
        ("ha.na.ko@docomo.ne.jp", "ha.na.ko", false),
    ];
    for (typed, local, is_quoted) in table {
        let address = email(typed);
        let (domain, quote) = (address.domain().to_owned(), if is_quoted { "\"" } else { "" });
        assert_eq!(address.key(), format!("{}@{domain}", local.to_lowercase()), "{typed}");
        assert!(address.as_str().starts_with(&format!("{local}@")), "{typed}: one spelling of one mailbox");
        assert_eq!(address.envelope(), format!("{quote}{local}{quote}@{domain}"), "{typed}");
        assert_eq!(
            EmailAddress::from_stored(address.as_str(), address.key()).unwrap().envelope(),
            address.envelope()
        );
    }
    assert_eq!(email("\"a..b\"@docomo.ne.jp"), email("A..B@docomo.ne.jp"));
    for wrong in [
        "..@docomo.ne.jp",
        "\"\"@docomo.ne.jp",
        "\"a..b@docomo.ne.jp",
        "\"a\"b\"@docomo.ne.jp",
        "\"a b\"@docomo.ne.jp",
        "\"a\\b\"@docomo.ne.jp",
        "=?..@docomo.ne.jp",
        "a..b@example.com",
        "a..b@mail.docomo.ne.jp",
        "\"a..b\"@example.com",
    ] {
        assert_eq!(EmailAddress::parse(wrong), Err(AddressError::Local), "{wrong}");
    }
    let long = format!("a..{}@docomo.ne.jp", "b".repeat(60));
    assert_eq!(EmailAddress::parse(&long), Err(AddressError::TooLong), "65 octets with its quotes");
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
    fn an_invisible_character_in_a_domain_is_not_kept(
        place in 0_usize..=11,
        c in proptest::sample::select(&INVISIBLE[..]),
    ) {
        let mut domain: Vec<char> = "example.com".chars().collect();
        domain.insert(place, c);
        let domain: String = domain.into_iter().collect();
        if let Ok(address) = EmailAddress::parse(&format!("joe@{domain}")) {
            prop_assert_eq!(address.as_str(), "joe@example.com");
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
