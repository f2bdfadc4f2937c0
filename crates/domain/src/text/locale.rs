/// Most characters of a tag: the length that RFC 5646, section 4.4.1, asks every implementation to accept.
const LONGEST: usize = 35;

/// Why a string is not a locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a language tag such as en, de or pt-BR, of at most {LONGEST} characters")]
pub struct LocaleError;

/// The language that a person reads: a well-formed language tag of BCP 47 (RFC 5646), in canonical case.
///
/// A tag consists of a language of two or three letters, optionally followed by script, region, variants, extensions
/// and private use. Extended languages, grandfathered tags and tags for private use alone are rejected, because each
/// has a canonical form or no meaning here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

impl Locale {
    /// Checks a tag in any case.
    pub fn parse(input: &str) -> Result<Self, LocaleError> {
        if input.len() <= LONGEST && is_well_formed(&input.to_ascii_lowercase()) {
            Ok(Self(in_canonical_case(input)))
        } else {
            Err(LocaleError)
        }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Section 2.1, for a tag in lower case.
fn is_well_formed(tag: &str) -> bool {
    let mut subtags = tag.split('-').peekable();
    let is_language = |text: &str| matches!(text.len(), 2 | 3) && is_alphabetic(text);
    if !subtags.next().is_some_and(is_language) {
        return false;
    }
    subtags.next_if(|text| text.len() == 4 && is_alphabetic(text));
    subtags.next_if(|text| (text.len() == 2 && is_alphabetic(text)) || (text.len() == 3 && is_numeric(text)));
    let mut variants = Vec::new();
    while let Some(variant) = subtags.next_if(|text| is_variant(text)) {
        variants.push(variant);
    }
    let mut singletons = Vec::new();
    while let Some(singleton) = subtags.next_if(|text| text.len() == 1 && is_alphanumeric(text)) {
        let shortest = if singleton == "x" { 1 } else { 2 };
        let is_value = |text: &&str| (shortest..=8).contains(&text.len()) && is_alphanumeric(text);
        let mut values = 0;
        while subtags.next_if(is_value).is_some() {
            values += 1;
        }
        // Everything after `x` is private use, so another subtag cannot follow its values.
        if values == 0 {
            return false;
        }
        singletons.push(singleton);
    }
    subtags.next().is_none() && are_distinct(variants) && are_distinct(singletons)
}

fn is_variant(text: &str) -> bool {
    let begins_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    is_alphanumeric(text) && ((5..=8).contains(&text.len()) || (text.len() == 4 && begins_with_digit))
}

/// Section 2.1.1: a script is in title case and a region in upper case, unless a singleton precedes it.
fn in_canonical_case(tag: &str) -> String {
    let mut is_behind_singleton = false;
    let subtags = tag.split('-').enumerate().map(|(position, subtag)| {
        let mut subtag = subtag.to_ascii_lowercase();
        is_behind_singleton |= subtag.len() == 1;
        match subtag.len() {
            2 if position > 0 && !is_behind_singleton => subtag.make_ascii_uppercase(),
            4 if !is_behind_singleton => subtag.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase),
            _ => {}
        }
        subtag
    });
    subtags.collect::<Vec<_>>().join("-")
}

fn are_distinct(mut texts: Vec<&str>) -> bool {
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    texts.len() == count
}

fn is_alphabetic(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_numeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric())
}
