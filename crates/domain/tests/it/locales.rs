use usher_domain::text::{Locale, LocaleError};

fn canonical(tag: &str) -> String {
    Locale::parse(tag).unwrap().to_string()
}

#[test]
fn a_language_tag_is_kept_in_canonical_case() {
    let tags = [
        ("en", "en"),
        ("DE", "de"),
        ("pt-br", "pt-BR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-ROZAJ-Biske-1994", "sl-rozaj-biske-1994"),
        ("de-CH-1996", "de-CH-1996"),
        ("en-US-U-ISLAMcal", "en-US-u-islamcal"),
        ("de-x-DE-Latn", "de-x-de-latn"),
        ("haw", "haw"),
    ];
    for (tag, expected) in tags {
        assert_eq!(canonical(tag), expected);
        assert_eq!(canonical(expected), expected);
    }
}

#[test]
fn a_text_that_is_not_a_language_tag_is_rejected() {
    let longest = "en-x-abcdefgh-abcdefgh-abcdefgh-abc";
    assert_eq!(canonical(longest), longest);
    let too_long = format!("{longest}d");
    let texts = [
        "",
        "e",
        "en-",
        "-en",
        "en--US",
        "en_US",
        "en US",
        " en",
        "english",
        "e1",
        "zh-yue",
        "i-klingon",
        "x-usher",
        "en-a",
        "en-x",
        "en-US-US",
        "en-Latn-Latn",
        "en-abcdefghi",
        "de-1996-1996",
        "en-a-bb-a-cc",
        "dé",
        "en-US\n",
        &too_long,
    ];
    for text in texts {
        assert_eq!(Locale::parse(text), Err(LocaleError), "{text:?}");
    }
}
