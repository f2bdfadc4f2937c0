use unicode_normalization::UnicodeNormalization as _;

use super::{
    characters::{is_control, is_currency_sign, is_visible, skeleton},
    link::{has_scheme, looks_like_link},
    lure::{has_long_number, has_markup},
};

/// Maximum characters of a name or title.
pub const MAX_CHARACTERS: usize = 64;

/// Why a string is not accepted as a name or title. The messages say what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No visible character.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_CHARACTERS`].
    #[error("must have at most {MAX_CHARACTERS} characters")]
    TooLong,
    /// A line break, another control character or an invisible direction mark.
    #[error("must be a single line without control characters or invisible direction marks")]
    Control,
    /// `<` or `>`, or another mark of HTML, Markdown or a forum.
    #[error("must not contain < or > or other markup, such as [text](link), **, ` or &amp;")]
    Markup,
    /// Text that a mail program would turn into a link.
    #[error("must not contain a web or e-mail address (write a space after a dot inside a name)")]
    Link,
    /// A scheme, which programs turn into a link without an address.
    #[error("must not contain a link such as tel: or whatsapp: (write a space after a colon inside a name)")]
    Scheme,
    /// A number that can be called.
    #[error(
        "must not contain five digits in a row, as a telephone number does, even with other signs between them"
    )]
    Number,
    /// A sign such as `$`.
    #[error("must not contain currency signs")]
    Currency,
}

/// One line of text that is safe to show in a mail: NFC, trimmed, 1 to 64 characters, without control characters, direction
/// overrides, markup, text that mail programs turn into links, long numbers and currency signs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayText(String);

impl DisplayText {
    /// Parses and normalizes a string.
    pub fn parse(input: &str) -> Result<Self, TextError> {
        if input.chars().any(is_control) {
            return Err(TextError::Control);
        }
        let text: String = input.trim().nfc().collect();
        if !text.chars().any(is_visible) {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX_CHARACTERS {
            return Err(TextError::TooLong);
        }
        check_content(&text)?;
        Ok(Self(text))
    }

    /// Wraps a stored text. The check is weaker than [`DisplayText::parse`], so that rows stay readable when the rules become
    /// stricter. Returns `None` if the text is not one line.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let valid = !text.trim().is_empty() && !text.chars().any(is_control);
        valid.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DisplayText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Rejects what would make a mail with this text a lure. People who are invited by strangers read it, in a mail that our server
/// signs.
fn check_content(text: &str) -> Result<(), TextError> {
    if has_markup(text) {
        return Err(TextError::Markup);
    }
    let skeleton: String = skeleton(text).collect();
    if has_scheme(&skeleton) {
        return Err(TextError::Scheme);
    }
    if looks_like_link(&skeleton) {
        return Err(TextError::Link);
    }
    if has_long_number(&skeleton) {
        return Err(TextError::Number);
    }
    if text.chars().any(is_currency_sign) {
        return Err(TextError::Currency);
    }
    Ok(())
}
