//! The rules for passwords that people choose.

use std::cmp::Reverse;

use usher_domain::person::{MAX_PASSWORD_OCTETS, Password, PasswordLengthError};
use zxcvbn::{
    Entropy,
    feedback::{Feedback, Warning},
    zxcvbn,
};

/// How many characters of a password are judged. The rest can only make it harder to guess. zxcvbn tries all combinations of
/// the letters that digits and signs may stand for: 32 characters take it at most 0.15 s, and the longest password 0.7 s.
const MAX_JUDGED: usize = 32;

/// What a password must fulfil when it is set. Passwords that were set earlier remain valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// Minimum number of characters.
    pub min_length: usize,
    /// Minimum strength, as zxcvbn estimates it: 0 for passwords that are guessed first, 4 for those that resist an attack
    /// on the stored hash.
    pub min_score: u8,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 12, min_score: 3 }
    }
}

/// Words that an attacker who knows the person tries first: the person's address and name, the title of the account.
#[derive(Clone, Default)]
pub struct PersonalWords(Vec<String>);

/// Why a chosen password is rejected. The text completes a sentence that begins with the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsuitablePassword {
    /// Fewer characters than [`PasswordRules::min_length`].
    #[error("must have at least {0} characters")]
    TooShort(usize),
    /// Longer than any password may be.
    #[error("must have at most {MAX_PASSWORD_OCTETS} bytes")]
    TooLong,
    /// Weaker than [`PasswordRules::min_score`].
    #[error("is too easy to guess: {0}. A few uncommon words in a row are hard to guess")]
    Guessable(&'static str),
}

impl PasswordRules {
    /// The password, if it fulfils the rules. `personal` are the words that an attacker would try first. Call it through
    /// [`PasswordService::choose`](super::PasswordService::choose), because it may take long.
    pub fn check(self, chosen: &str, personal: &PersonalWords) -> Result<Password, UnsuitablePassword> {
        if chosen.chars().count() < self.min_length {
            return Err(UnsuitablePassword::TooShort(self.min_length));
        }
        let password = Password::parse(chosen).map_err(|error| match error {
            PasswordLengthError::TooShort => UnsuitablePassword::TooShort(self.min_length),
            PasswordLengthError::TooLong => UnsuitablePassword::TooLong,
        })?;
        let words: Vec<&str> = personal.0.iter().map(String::as_str).collect();
        let estimate = judge(chosen, &words);
        if self.accepts(&estimate) && self.accepts(&judge(&personal.removed_from(chosen), &[])) {
            return Ok(password);
        }
        let is_personal = self.accepts(&judge(chosen, &[]));
        Err(UnsuitablePassword::Guessable(if is_personal {
            "it contains your address, your name or the name of the account"
        } else {
            reason(&estimate)
        }))
    }

    fn accepts(self, estimate: &Entropy) -> bool {
        u8::from(estimate.score()) >= self.min_score
    }
}

fn judge(text: &str, personal: &[&str]) -> Entropy {
    let end = text.char_indices().nth(MAX_JUDGED).map_or(text.len(), |(end, _)| end);
    zxcvbn(&text[..end], personal)
}

impl PersonalWords {
    /// The words in these texts, and the texts themselves.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = Vec::new();
        for text in texts {
            let parts: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric()).collect();
            words.extend([text.to_lowercase(), parts.concat().to_lowercase()]);
            words.extend(parts.into_iter().map(str::to_lowercase));
        }
        words.retain(|word| word.chars().count() > 2);
        // Longer words first, because they contain shorter ones.
        words.sort_by_key(|word| Reverse(word.len()));
        words.dedup();
        Self(words)
    }

    /// What is left of a password without these words. zxcvbn alone takes several such words in a row for a passphrase.
    fn removed_from(&self, chosen: &str) -> String {
        self.0.iter().fold(chosen.to_lowercase(), |rest, word| rest.replace(word, ""))
    }
}

/// Not shown, because a password may contain these words.
impl std::fmt::Debug for PersonalWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalWords(…)")
    }
}

/// Why a password is weak, for people who do not know how passwords are guessed.
fn reason(estimate: &Entropy) -> &'static str {
    match estimate.feedback().and_then(Feedback::warning) {
        Some(
            Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword,
        ) => "it is one of the most used passwords",
        Some(Warning::ThisIsSimilarToACommonlyUsedPassword) => "it resembles a much used password",
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "it follows the keys of the keyboard"
        }
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => "it repeats the same characters",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "it contains a sequence like abc or 6543",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => "it contains a date",
        Some(Warning::AWordByItselfIsEasyToGuess) => "it is a single word",
        Some(
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => "it consists of common names",
        _ => "it consists of common words or patterns",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chosen: &str) -> Result<(), UnsuitablePassword> {
        let personal = PersonalWords::of(["zebulon.quigley@example.com", "Zebulon Quigley", "Onward, Inc."]);
        PasswordRules::default().check(chosen, &personal).map(drop)
    }

    #[track_caller]
    fn assert_guessable(chosen: &str, part: &str) {
        let error = check(chosen).expect_err(chosen);
        let UnsuitablePassword::Guessable(reason) = error else { panic!("{chosen}: {error}") };
        assert!(reason.contains(part), "{chosen}: {reason}");
    }

    #[test]
    fn short_and_long_passwords_are_rejected() {
        for short in ["", "password", "12345678", "        ", "x7#Kq!v9Lm2"] {
            assert_eq!(check(short), Err(UnsuitablePassword::TooShort(12)), "{short}");
        }
        assert_eq!(check(&"xkq7".repeat(100)), Err(UnsuitablePassword::TooLong));
    }

    #[test]
    fn passwords_that_are_guessed_first_are_rejected_with_the_reason() {
        assert_guessable("            ", "repeats");
        assert_guessable("aaaaaaaaaaaa", "repeats");
        assert_guessable("qwertyuiop[]", "keyboard");
        assert_guessable("passwordpassword", "repeats");
        assert_guessable("123456789012", "");
        assert_guessable("abcdefghijklmn", "sequence");
        assert_guessable("P@ssw0rd2024", "");
    }

    #[test]
    fn the_own_address_name_and_account_are_guessed_first() {
        for own in ["zebulon.quigley@example.com", "ZebulonQuigley1", "quigley.zebulon", "OnwardInc2026!"] {
            assert_guessable(own, "your address, your name or the name of the account");
        }
        let stranger = PersonalWords::default();
        assert!(PasswordRules::default().check("zebulon.quigley@example.com", &stranger).is_ok());
    }

    #[test]
    fn passphrases_and_random_characters_are_accepted() {
        for strong in [
            "plum drizzle kettle fox",
            "x7#Kq!v9Lm2t",
            "Grünkohl mit Pinkel und Senf",
            "ひらがなのパスワードです",
        ] {
            assert_eq!(check(strong), Ok(()), "{strong}");
        }
    }

    /// The worst passwords to judge take a multiple of the time for each character more.
    #[test]
    fn only_the_first_characters_are_judged() {
        let strong = "plum drizzle kettle fox";
        for letter in ["a", "ä", "𝕒"] {
            assert_guessable(&format!("{}{strong}", letter.repeat(MAX_JUDGED)), "repeats");
            assert_eq!(check(&format!("{strong}{}", letter.repeat(MAX_JUDGED))), Ok(()));
        }
    }

    #[test]
    fn the_rules_of_the_deployment_decide() {
        let lax = PasswordRules { min_length: 8, min_score: 0 };
        assert!(lax.check("password", &PersonalWords::default()).is_ok());
        let strict = PasswordRules { min_length: 16, min_score: 4 };
        let error = strict.check("x7#Kq!v9Lm2t", &PersonalWords::default()).unwrap_err();
        assert_eq!(error.to_string(), "must have at least 16 characters");
    }

    #[test]
    fn the_text_of_a_rejection_does_not_repeat_the_password() {
        let error = check("qwertyuiop[]").unwrap_err().to_string();
        assert_eq!(
            error,
            "is too easy to guess: it follows the keys of the keyboard. A few uncommon words in a row are hard to guess"
        );
    }
}
