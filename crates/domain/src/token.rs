//! Random texts of `[A-Za-z0-9]` that name things without telling anything about them.

use crate::port::Entropy;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The largest multiple of 62 that a byte can stay below: bytes from here on are thrown away, so that every character
/// is equally likely.
const UNBIASED: u8 = 248;

/// `N` characters of `[A-Za-z0-9]` from the operating system's generator, each carrying 5.95 bits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token<const N: usize>([u8; N]);

impl<const N: usize> Token<N> {
    /// Draws a new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut token = [0; N];
        let mut places = token.iter_mut();
        let mut bytes = [0_u8; 48];
        while places.len() > 0 {
            entropy.fill(&mut bytes);
            let fair = bytes.iter().filter(|byte| **byte < UNBIASED);
            let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 62)));
            letters.zip(places.by_ref()).for_each(|(letter, place)| *place = *letter);
        }
        Self(token)
    }

    /// Reads one that a caller or the store names; `None` when the length or a character is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; N] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphanumeric).then_some(Self(letters))
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Letters and digits are always text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> std::fmt::Display for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Shows the first four characters only: enough to tell two apart in a failed test, too little to use.
impl<const N: usize> std::fmt::Debug for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}…", self.as_str().get(..4).unwrap_or_default())
    }
}
