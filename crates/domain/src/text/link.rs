//! Text that mail programs turn into links.

/// Schemes that programs open without slashes after the colon: web, mail, calls, messages, payments, files, installations. Words
/// that titles use before a colon, such as `about` and `signal`, are left out, because no mail program turns them into links.
const SCHEMES: [&str; 71] = [
    "alipay",
    "alipays",
    "bitcoin",
    "blob",
    "callto",
    "cashapp",
    "chrome",
    "cid",
    "data",
    "dogecoin",
    "ethereum",
    "facetime",
    "facetime-audio",
    "fb",
    "fb-messenger",
    "feed",
    "file",
    "ftp",
    "ftps",
    "geo",
    "gopher",
    "http",
    "https",
    "imessage",
    "instagram",
    "intent",
    "ipfs",
    "ipns",
    "irc",
    "ircs",
    "itms",
    "itms-apps",
    "itms-services",
    "itmss",
    "javascript",
    "kakaotalk",
    "ldap",
    "ldaps",
    "litecoin",
    "magnet",
    "mailto",
    "mms",
    "mmsto",
    "monero",
    "msteams",
    "nntp",
    "paypal",
    "rtmp",
    "rtsp",
    "sftp",
    "sgnl",
    "sip",
    "sips",
    "skype",
    "smb",
    "sms",
    "smsto",
    "ssh",
    "tel",
    "telegram",
    "telnet",
    "tg",
    "upi",
    "vbscript",
    "venmo",
    "viber",
    "webcal",
    "weixin",
    "whatsapp",
    "xmpp",
    "zoommtg",
];

/// Whether the [`skeleton`](super::characters::skeleton) of a text has `://`, `www.`, an `@` between two words, a host name of any
/// script or an IPv4 address.
pub(super) fn looks_like_link(skeleton: &str) -> bool {
    let letters: Vec<char> = skeleton.chars().collect();
    skeleton.contains("://")
        || skeleton.contains("www.")
        || letters.windows(3).any(|w| matches!(w, [a, '@', b] if a.is_alphanumeric() && b.is_alphanumeric()))
        || has_host(&letters)
        || skeleton.split(|c: char| c != '.' && !c.is_numeric()).any(has_ipv4_address)
}

/// Whether the skeleton has one of the schemes as a word, a colon, and directly behind it a visible character. [`looks_like_link`]
/// finds `://`.
pub(super) fn has_scheme(skeleton: &str) -> bool {
    skeleton.match_indices(':').any(|(colon, _)| {
        let (before, rest) = skeleton.split_at(colon);
        let is_used = rest.chars().nth(1).is_some_and(|c| !c.is_whitespace()) && !rest.starts_with("://");
        let is_scheme = |scheme: &&str| {
            before.strip_suffix(*scheme).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
        };
        is_used && SCHEMES.iter().any(is_scheme)
    })
}

/// A dot between a character that a host name can end with and a top-level domain.
fn has_host(letters: &[char]) -> bool {
    letters.windows(2).enumerate().any(|(at, pair)| {
        matches!(pair, [host, '.'] if is_host_character(*host))
            && letters.get(at + 2..).is_some_and(begins_with_top_level)
    })
}

/// Letters, digits, hyphens, and symbols outside ASCII: `i❤.ws` is a host.
fn is_host_character(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
    } else {
        !c.is_whitespace() && !is_punctuation(c)
    }
}

/// Quotes, brackets, dashes and the like outside ASCII.
fn is_punctuation(c: char) -> bool {
    matches!(c,
        '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{B7}' | '\u{BB}' | '\u{BF}' | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}')
}

/// At least two letters or digits, and at least one letter.
fn begins_with_top_level(letters: &[char]) -> bool {
    let word = letters.iter().take_while(|c| c.is_alphanumeric());
    word.clone().nth(1).is_some() && word.clone().any(|c| c.is_alphabetic())
}

/// Four numbers in a run of digits and dots.
fn has_ipv4_address(run: &str) -> bool {
    run.split('.').filter(|number| !number.is_empty()).count() >= 4 && !run.contains("..")
}
