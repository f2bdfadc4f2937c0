//! Random texts of `[A-Za-z0-9]` that name things without telling anything about them.

use crate::port::Entropy;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The largest multiple of 62 that a byte can stay below: bytes from here on are thrown away, so that every character
/// is equally likely.
const UNBIASED: u8 = 248;

/// `N` characters of `[A-Za-z0-9]` from the operating system's generator, each carrying 5.95 bits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token<const N: usize>(String);

impl<const N: usize> Token<N> {
    /// Draws a new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut text = String::with_capacity(N);
        let mut bytes = [0_u8; 48];
        while text.len() < N {
            entropy.fill(&mut bytes);
            let fair = bytes.iter().filter(|byte| **byte < UNBIASED);
            text.extend(
                fair.take(N - text.len()).filter_map(|byte| {
                    ALPHABET.get(usize::from(byte % 62)).map(|letter| char::from(*letter))
                }),
            );
        }
        Self(text)
    }

    /// Reads one that a caller or the store names; `None` when the length or a character is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() == N && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        sound.then(|| Self(text.to_owned()))
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> std::fmt::Display for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Shows the first four characters only: enough to tell two apart in a failed test, too little to use.
impl<const N: usize> std::fmt::Debug for Token<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}…", self.0.get(..4).unwrap_or_default())
    }
}
