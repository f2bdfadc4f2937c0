//! Random strings of `[A-Za-z0-9]`. A token reveals nothing about the thing that it names, except the moment with which
//! some tokens begin.

use crate::{Timestamp, port::Entropy};

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The largest multiple of 62 in a byte. Bytes from here on are discarded, so that every character is equally likely.
const UNBIASED: u8 = 248;

/// The same characters in ascending order, so that later moments sort after earlier ones.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits of the milliseconds since 1970; enough until the year 2081.
const MOMENT: usize = 7;

/// `N` characters of `[A-Za-z0-9]` from the operating system's generator, with 5.95 bits each. Some tokens begin with a moment
/// instead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token<const N: usize>([u8; N]);

impl<const N: usize> Token<N> {
    /// Draws a token.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut token = [0; N];
        draw(&mut token, entropy);
        Self(token)
    }

    /// Draws a token whose first seven characters encode the millisecond. Tokens of the same time are neighbors in an index
    /// and change the same few pages. Use it for names such as public ids, never for secrets.
    pub fn generate_at(moment: Timestamp, entropy: &dyn Entropy) -> Self {
        let mut token = [0; N];
        let (prefix, rest) = token.split_at_mut(MOMENT.min(N));
        let mut left = moment.timestamp_millis().unsigned_abs();
        for place in prefix.iter_mut().rev() {
            let digit = usize::try_from(left % 62).unwrap_or_default();
            *place = DIGITS.get(digit).copied().unwrap_or(b'0');
            left /= 62;
        }
        draw(rest, entropy);
        Self(token)
    }

    /// Parses a token. `None` when the length or a character is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; N] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphanumeric).then_some(Self(letters))
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // ASCII letters and digits are valid UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn draw(places: &mut [u8], entropy: &dyn Entropy) {
    let mut places = places.iter_mut();
    let mut bytes = [0_u8; 48];
    while places.len() > 0 {
        entropy.fill(&mut bytes);
        let fair = bytes.iter().filter(|byte| **byte < UNBIASED);
        let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 62)));
        letters.zip(places.by_ref()).for_each(|(letter, place)| *place = *letter);
    }
}

impl<const N: usize> std::fmt::Display for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Shows the last four characters only: enough to tell two tokens apart in a failed test, too few to use.
impl<const N: usize> std::fmt::Debug for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "…{}", self.as_str().get(N.saturating_sub(4)..).unwrap_or_default())
    }
}
