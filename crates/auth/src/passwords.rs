use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use usher_domain::{
    person::{MAX_PASSWORD_OCTETS, Password, PasswordHash},
    port::{Entropy, HashingError, PasswordHasher},
};

/// 19 MiB, 2 passes, 1 lane: OWASP's recommendation for argon2id (Password Storage Cheat Sheet).
const PARAMS: Params = match Params::new(19 * 1024, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("argon2 refuses the recommended parameters"),
};

/// What RFC 9106, 3.1, recommends for passwords.
const SALT_OCTETS: usize = 16;

/// A hash of no password: its last part was drawn at random. [`PARAMS`] made it as expensive as a real one.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$OvTXvywVwRn/OxHtqd7uSQ$UwGfEKqLRTeVsky4BG8qnDq951sA653Y9edajEXnUrk";

/// Hashes and compares passwords with argon2id.
///
/// Both take 19 MiB and some tens of milliseconds of a processor: call them on a blocking thread, and bound how many run at once.
pub struct Passwords {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
}

impl Passwords {
    /// Salts come from `entropy`.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS), entropy }
    }
}

impl PasswordHasher for Passwords {
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        let mut salt = [0; SALT_OCTETS];
        self.entropy.fill(&mut salt);
        let hash = self.argon2.hash_password_with_salt(password.reveal().as_bytes(), &salt);
        hash.map(|hash| PasswordHash::new(hash.to_string())).map_err(|error| HashingError(error.to_string()))
    }

    fn verify(&self, hash: Option<&PasswordHash>, presented: &str) -> bool {
        // No longer password can be chosen. Checked first, for every account alike: the response time reveals nothing.
        if presented.len() > MAX_PASSWORD_OCTETS {
            return false;
        }
        let stored = hash.and_then(parse);
        let right = match &stored {
            Some(stored) => self.argon2.verify_password(presented.as_bytes(), stored),
            None => self.argon2.verify_password(presented.as_bytes(), DUMMY),
        };
        stored.is_some() && right.is_ok()
    }
}

/// A stored hash that can be compared with. One that cannot is treated like none, so that its owner gets the same answer
/// as everybody; only the log tells.
fn parse(hash: &PasswordHash) -> Option<phc::PasswordHash> {
    let parsed = phc::PasswordHash::new(hash.as_str()).ok().filter(|hash| hash.hash.is_some());
    if parsed.is_none() {
        tracing::error!("a stored password hash is not a PHC string");
    }
    parsed
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use usher_domain::testkit::SeededEntropy;

    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(Arc::new(SeededEntropy::default()))
    }

    #[test]
    fn only_the_password_itself_is_right() {
        let passwords = passwords();
        let hash = passwords.hash(&Password::parse("correct horse").unwrap()).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(passwords.verify(Some(&hash), "correct horse"));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horse\0"] {
            assert!(!passwords.verify(Some(&hash), wrong), "{wrong:?}");
        }
    }

    #[test]
    fn each_hash_has_its_own_salt() {
        let passwords = passwords();
        let password = Password::parse("correct horse").unwrap();
        assert_ne!(passwords.hash(&password).unwrap(), passwords.hash(&password).unwrap());
    }

    #[test]
    fn nobody_and_a_broken_hash_are_never_right() {
        let passwords = passwords();
        assert!(!passwords.verify(None, "correct horse"));
        for broken in ["", "plain text", "$argon2id$v=19$m=19456,t=2,p=1", DUMMY] {
            let hash = PasswordHash::new(broken.to_owned());
            assert!(!passwords.verify(Some(&hash), "correct horse"), "{broken:?}");
        }
    }

    /// What makes the time equal, without a stopwatch: the dummy has a real hash's parameters, salt and length.
    #[test]
    fn the_dummy_costs_as_much_as_a_real_hash() {
        let real = passwords().hash(&Password::parse("correct horse").unwrap()).unwrap();
        let real = phc::PasswordHash::new(real.as_str()).unwrap();
        let dummy = phc::PasswordHash::new(DUMMY).unwrap();
        assert_eq!((dummy.algorithm, dummy.version), (real.algorithm, real.version));
        assert_eq!(dummy.params, real.params);
        assert_eq!(dummy.salt.map(|salt| salt.len()), real.salt.map(|salt| salt.len()));
        assert_eq!(dummy.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
    }

    #[test]
    fn the_bound_is_the_longest_password_that_can_be_chosen() {
        let passwords = passwords();
        assert!(Password::parse(&"x".repeat(MAX_PASSWORD_OCTETS + 1)).is_err());
        let longest = "x".repeat(MAX_PASSWORD_OCTETS);
        let hash = passwords.hash(&Password::parse(&longest).unwrap()).unwrap();
        assert!(passwords.verify(Some(&hash), &longest));

        let longer = "x".repeat(MAX_PASSWORD_OCTETS + 1);
        let hash: phc::PasswordHash =
            passwords.argon2.hash_password_with_salt(longer.as_bytes(), &[7; SALT_OCTETS]).unwrap();
        assert!(
            !passwords.verify(Some(&PasswordHash::new(hash.to_string())), &longer),
            "right, but not looked at"
        );
    }

    #[test]
    fn hashes_of_other_argon2_settings_are_still_read() {
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash: phc::PasswordHash = small.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
        assert!(passwords().verify(Some(&PasswordHash::new(hash.to_string())), "correct horse"));
    }
}
