use proptest::prelude::*;
use usher_domain::{
    account::AccountName,
    person::{Password, PasswordLengthError},
    role::RoleName,
    text::{DisplayText, TextError},
};

#[test]
fn ordinary_names_are_accepted_unchanged() {
    for name in [
        "Joe Wright",
        "Onward, Inc.",
        "J.R. \"Bob\" Dobbs",
        "O'Brien & Söhne GmbH",
        "山田 太郎",
        "محمد",
        "می‌خواهم",
        "Dr. No",
        "St. John",
        "Rock 'n' Roll 3.0",
        "J.R. Dobbs",
        "J.R.R. Tolkien",
        "Release 1.2.3",
        "Wait ... what?",
        "Data: A History",
        "Metadata:Lab",
        "ᠮᠣᠩᠭᠣᠯ\u{180B}",
        "Heart \u{2764}\u{FE0F}",
        "x",
    ] {
        assert_eq!(DisplayText::parse(name).map(|text| text.to_string()).as_deref(), Ok(name));
    }
}

#[test]
fn names_are_trimmed_and_normalized() {
    assert_eq!(DisplayText::parse("  Zoe\u{308} ").unwrap().as_str(), "Zoë");
}

#[test]
fn names_that_could_harm_a_mail_are_rejected() {
    let table = [
        ("", TextError::Empty),
        ("   ", TextError::Empty),
        ("\u{200C}\u{200D}", TextError::Empty),
        ("\u{3164}\u{3164}", TextError::Empty),
        ("\u{FFA0} \u{115F}\u{1160}", TextError::Empty),
        ("\u{2800}", TextError::Empty),
        ("\u{FE0F}\u{E0100}\u{34F}\u{17B4}\u{180E}", TextError::Empty),
        ("Joe\r\nBcc: x@example.com", TextError::Control),
        ("Joe\nWright", TextError::Control),
        ("Joe\0", TextError::Control),
        ("Joe\u{7F}", TextError::Control),
        ("Joe\u{85}", TextError::Control),
        ("Joe\u{202E}gpj", TextError::Control),
        ("Joe\u{2066}x", TextError::Control),
        ("Joe\u{2028}x", TextError::Control),
        ("Jo\u{200B}e", TextError::Control),
        ("<b>Joe</b>", TextError::Markup),
        ("Joe > Bob", TextError::Markup),
        ("https://evil", TextError::Link),
        ("HTTPS://evil", TextError::Link),
        ("see www.evil", TextError::Link),
        ("prize at evil.com", TextError::Link),
        ("evil.com/prize", TextError::Link),
        ("prize at evil。com", TextError::Link),
        ("пример.рф", TextError::Link),
        ("joe@example", TextError::Link),
        ("joe@\u{FE0F}example", TextError::Link),
        ("joe\u{FF20}example", TextError::Link),
        ("Go to example.\u{200C}com now", TextError::Link),
        ("example.\u{FE0F}com", TextError::Link),
        ("example.c\u{E0100}om", TextError::Link),
        ("example\u{308}.c\u{308}om", TextError::Link),
        ("evil\u{FE52}com", TextError::Link),
        ("evil\u{FF0E}com", TextError::Link),
        ("evil\u{FF61}com", TextError::Link),
        ("evil\u{2024}com", TextError::Link),
        ("ｅｖｉｌ.ｃｏｍ", TextError::Link),
        ("evil.c0m/x", TextError::Link),
        ("evil.2go", TextError::Link),
        ("evil.xn--p1ai", TextError::Link),
        ("Visit 10.0.0.1/pay now", TextError::Link),
        ("10\u{FF0E}0.0\u{200D}.1", TextError::Link),
        ("mailto:joe", TextError::Link),
        ("call Tel:\u{200C}555", TextError::Link),
        ("ｊａｖａｓｃｒｉｐｔ：x", TextError::Link),
        ("(data:text)", TextError::Link),
        ("w\u{180B}ww.", TextError::Link),
    ];
    for (text, error) in table {
        assert_eq!(DisplayText::parse(text), Err(error), "{text:?}");
    }
    assert_eq!(DisplayText::parse(&"x".repeat(65)), Err(TextError::TooLong));
    assert!(DisplayText::parse(&"ü".repeat(64)).is_ok(), "characters count, not bytes");
}

#[test]
fn slugs_and_role_names_have_alphabets_and_limits() {
    for good in ["onward", "a", "0", "a-b-0", &"x".repeat(63)] {
        assert!(AccountName::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "-a", "Onward", "a b", "a_b", "ä", "a/b", &"x".repeat(64)] {
        assert!(AccountName::parse(bad).is_err(), "{bad}");
    }
    for good in ["GlobalAdmin", "tls_admin", "a", "A-b+c_d9"] {
        assert!(RoleName::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "9a", "_a", "a b", "a,b", "a=b", "ä", &"x".repeat(65)] {
        assert!(RoleName::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn passwords_have_a_minimum_and_a_maximum_length() {
    assert_eq!(Password::parse("1234567"), Err(PasswordLengthError::TooShort));
    assert!(Password::parse("12345678").is_ok());
    assert!(Password::parse(&"x".repeat(256)).is_ok());
    assert_eq!(Password::parse(&"x".repeat(257)), Err(PasswordLengthError::TooLong));
    assert_eq!(format!("{:?}", Password::parse("hunter22222").unwrap()), "Password(…)");
}

/// Invisible characters that names may contain along with visible ones.
const BLANKS: [char; 18] = [
    '\u{200C}',
    '\u{200D}',
    '\u{34F}',
    '\u{115F}',
    '\u{1160}',
    '\u{17B4}',
    '\u{17B5}',
    '\u{180B}',
    '\u{180C}',
    '\u{180D}',
    '\u{180E}',
    '\u{3164}',
    '\u{FE00}',
    '\u{FE0F}',
    '\u{FFA0}',
    '\u{E0100}',
    '\u{E01EF}',
    '\u{180F}',
];

#[test]
fn stored_names_stay_readable_under_stricter_rules() {
    for stored in ["evil.com", "\u{3164}", "mailto:joe"] {
        assert!(DisplayText::from_stored(stored).is_some(), "{stored:?}");
    }
    for never in ["", "  ", "Joe\nWright", "Joe\u{202E}gpj"] {
        assert_eq!(DisplayText::from_stored(never), None, "{never:?}");
    }
}

proptest! {
    #[test]
    fn an_accepted_text_is_one_line_and_parses_to_itself(input in "\\PC{0,80}|.{0,80}") {
        if let Ok(text) = DisplayText::parse(&input) {
            prop_assert!(!text.as_str().chars().any(char::is_control));
            prop_assert!(text.as_str().chars().count() <= 64);
            prop_assert!(!text.as_str().contains("://"));
            prop_assert_eq!(DisplayText::parse(text.as_str()), Ok(text));
        }
    }

    #[test]
    fn invisible_characters_and_other_dots_do_not_hide_an_address(
        place in 0_usize..=11,
        blank in proptest::sample::select(&BLANKS[..]),
        dot in proptest::sample::select(&['.', '\u{2024}', '\u{3002}', '\u{FE52}', '\u{FF0E}', '\u{FF61}'][..]),
    ) {
        let mut text: Vec<char> = format!("example{dot}com").chars().collect();
        text.insert(place, blank);
        let text = format!("see {} now", text.into_iter().collect::<String>());
        prop_assert_eq!(DisplayText::parse(&text), Err(TextError::Link), "{:?}", text);
        prop_assert_eq!(DisplayText::parse(&blank.to_string()), Err(TextError::Empty));
    }

    #[test]
    fn role_names_and_slugs_are_accepted_unchanged(input in ".{0,70}") {
        if let Ok(name) = RoleName::parse(&input) {
            prop_assert_eq!(name.as_str(), &input);
            prop_assert!(!input.contains([',', '=', ' ']), "the store joins names with these");
        }
        if let Ok(name) = AccountName::parse(&input) {
            prop_assert_eq!(name.as_str(), &input);
        }
    }
}
