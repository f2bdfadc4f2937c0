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
        "Marie-Claire D'Angelo-O’Neill",
        "Sammy Davis, Jr.",
        "Dr. Martin Luther King Jr.",
        "E. E. Cummings",
        "Nguyễn Văn An",
        "Þórður Jónsson",
        "Łukasz Żółć",
        "Åsa Öberg (née Lindström)",
        "Mary Ann St. John-Smythe III",
        "Иван Петрович",
        "Ελένη",
        "עידן",
        "עמית \"גל\" כהן",
        "محمد بن سلمان",
        "أحمد (القاهرة)",
        "김철수",
        "佐藤・健",
        "李小龍",
        "மணி",
        "नरेन्द्र",
        "ศรีสุดา",
        "株式会社「まる」",
        "AT&T, R&D; Labs",
        "C++ & C# Guild",
        ".NET Foundation",
        "(.NET) Team",
        "Yahoo! Labs",
        "Studio 54",
        "Boeing 747-8",
        "Class of 1999",
        "Team 2024 of 1999",
        "1.2.3 and 4",
        "50% Club",
        "Acme [EU] (Berlin)",
        "snake_case_fans",
        "Fans * of * stars",
        "Team: Blue",
        "Plan [X]: Berlin",
        "Q&A",
        "Smith & Sons; Daughters",
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
        ("mailto:joe", TextError::Scheme),
        ("call Tel:\u{200C}555", TextError::Scheme),
        ("ｊａｖａｓｃｒｉｐｔ：x", TextError::Scheme),
        ("(data:text)", TextError::Scheme),
        ("w\u{180B}ww.", TextError::Link),
        ("i❤.ws", TextError::Link),
        ("i❤\u{FE0F}.ws now", TextError::Link),
        ("☃.net", TextError::Link),
        ("👍🏽。ws", TextError::Link),
        ("my-.com", TextError::Link),
        ("例え.テスト", TextError::Link),
        ("موقع.وزارة", TextError::Link),
        ("sms:me", TextError::Scheme),
        ("SMS\u{FF1A}me", TextError::Scheme),
        ("whatsapp:me", TextError::Scheme),
        ("join tg:me", TextError::Scheme),
        ("x-viber:me", TextError::Scheme),
        ("facetime-audio:joe", TextError::Scheme),
        ("bitcoin:me", TextError::Scheme),
        ("callto:joe", TextError::Scheme),
        ("sip:joe", TextError::Scheme),
        ("wa.me/joe", TextError::Link),
        ("[click](joe)", TextError::Markup),
        ("![x](joe)", TextError::Markup),
        ("[click][1]", TextError::Markup),
        ("[[Joe]]", TextError::Markup),
        ("[URL=joe]x[/url]", TextError::Markup),
        ("**Joe**", TextError::Markup),
        ("__Joe__", TextError::Markup),
        ("`Joe`", TextError::Markup),
        ("&lt;b&gt;", TextError::Markup),
        ("Joe&#60;", TextError::Markup),
        ("Hello Your account is closed: call +1-888-555-0100 now,", TextError::Number),
        ("call 88855", TextError::Number),
        ("8 8 8 5 5", TextError::Number),
        ("8.8.8 / (5)-5", TextError::Number),
        ("８８８５５", TextError::Number),
        ("٨٨٨٥٥", TextError::Number),
        ("①②③④⑤", TextError::Number),
        ("8\u{FE0F}\u{20E3}88❤55", TextError::Number),
        ("8\u{200D}8885", TextError::Number),
        ("1,000.00", TextError::Number),
        ("$100 for you", TextError::Currency),
        ("Win € now", TextError::Currency),
        ("£", TextError::Currency),
        ("＄1", TextError::Currency),
        ("₿ club", TextError::Currency),
        ("5 ﷼", TextError::Currency),
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

const FIRST: [&str; 14] = [
    "J.",
    "J.R.R.",
    "Mary-Jane",
    "D'Arcy",
    "Dr. Ana",
    "Siân",
    "Zoë",
    "محمد",
    "王",
    "さくら",
    "Олег",
    "St. Clair",
    "Jean‑Luc",
    "Nʻaʻala",
];

const MIDDLE: [&str; 6] = [" ", " van der ", " de la ", " \"Bo\" ", " Mc", " J. "];

const LAST: [&str; 12] = [
    "O'Neill",
    "O’Brien",
    "Smith-Jones",
    "Łoś",
    "الحسن",
    "小明",
    "St. John",
    "Müller",
    "Đặng",
    "D'Angelo",
    "Bar-Lev",
    "İnönü",
];

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
    fn names_of_people_pass(
        first in proptest::sample::select(&FIRST[..]),
        middle in proptest::sample::select(&MIDDLE[..]),
        last in proptest::sample::select(&LAST[..]),
        suffix in proptest::sample::select(&["", " Jr.", " III", ", PhD", " (she)"][..]),
    ) {
        let name = format!("{first}{middle}{last}{suffix}");
        prop_assert_eq!(DisplayText::parse(&name).map(|text| text.to_string()), Ok(name));
    }

    #[test]
    fn five_digits_are_found_between_any_signs(
        digits in proptest::collection::vec(proptest::sample::select(&['0', '7', '٣', '９', '४'][..]), 5),
        separators in proptest::collection::vec("[ +()/.,:;#*_~❤-]{0,2}", 5),
    ) {
        let parts = digits.iter().zip(&separators).flat_map(|(digit, separator)| [digit.to_string(), separator.clone()]);
        let number: String = parts.collect();
        prop_assert!(DisplayText::parse(&format!("call {number} now")).is_err(), "{}", number);
    }

    #[test]
    fn four_digits_between_letters_pass(digits in "[0-9]{1,4}", others in "[0-9]{1,4}") {
        let name = format!("Team {digits} of {others}");
        prop_assert!(DisplayText::parse(&name).is_ok(), "{}", name);
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
