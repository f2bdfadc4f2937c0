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
    Err(_) => panic!("argon2 rejects the recommended parameters"),
};

/// The length that RFC 9106, 3.1, recommends for passwords.
const SALT_OCTETS: usize = 16;

/// A hash of no password: its last part is random. Its parameters are [`PARAMS`], so verifying against it takes as long as
/// against a real hash.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$OvTXvywVwRn/OxHtqd7uSQ$UwGfEKqLRTeVsky4BG8qnDq951sA653Y9edajEXnUrk";

/// Hashes and verifies passwords with argon2id. Each call takes 19 MiB of memory.
pub struct Passwords {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
}

impl Passwords {
    /// Draws salts from `entropy`.
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
        // Longer passwords cannot be chosen. The length is checked first, and alike for every account, so that the
        // response time reveals nothing about accounts.
        if presented.len() > MAX_PASSWORD_OCTETS {
            return false;
        }
        let stored = hash.and_then(parse);
        let verified = match &stored {
            Some(stored) => self.argon2.verify_password(presented.as_bytes(), stored),
            None => self.argon2.verify_password(presented.as_bytes(), DUMMY_HASH),
        };
        stored.is_some() && verified.is_ok()
    }
}

/// Parses a stored hash. An unreadable hash counts as no password, so that the response does not reveal it; it is logged.
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
    fn only_the_chosen_password_is_verified() {
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
    fn no_password_is_verified_without_a_readable_hash() {
        let passwords = passwords();
        assert!(!passwords.verify(None, "correct horse"));
        for broken in ["", "plain text", "$argon2id$v=19$m=19456,t=2,p=1", DUMMY_HASH] {
            let hash = PasswordHash::new(broken.to_owned());
            assert!(!passwords.verify(Some(&hash), "correct horse"), "{broken:?}");
        }
    }

    /// Equal parameters and lengths mean equal times, so the test does not have to measure them.
    #[test]
    fn the_dummy_hash_costs_as_much_as_a_real_hash() {
        let real = passwords().hash(&Password::parse("correct horse").unwrap()).unwrap();
        let real = phc::PasswordHash::new(real.as_str()).unwrap();
        let dummy = phc::PasswordHash::new(DUMMY_HASH).unwrap();
        assert_eq!((dummy.algorithm, dummy.version), (real.algorithm, real.version));
        assert_eq!(dummy.params, real.params);
        assert_eq!(dummy.salt.map(|salt| salt.len()), real.salt.map(|salt| salt.len()));
        assert_eq!(dummy.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
    }

    #[test]
    fn passwords_longer_than_can_be_chosen_are_rejected() {
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
            "rejected before it is hashed"
        );
    }

    #[test]
    fn hashes_with_other_argon2_parameters_are_verified() {
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash: phc::PasswordHash = small.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
        assert!(passwords().verify(Some(&PasswordHash::new(hash.to_string())), "correct horse"));
    }
}
