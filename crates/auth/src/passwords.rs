mod memory;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash as PhcString, Salt},
};
use usher_domain::{
    person::{MAX_PASSWORD_OCTETS, Password, PasswordHash},
    port::{Entropy, HashingError, PasswordHasher},
};

use self::memory::HashingMemory;

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

/// Hashes and verifies passwords with argon2id.
///
/// Each call works in 19 MiB of memory, which it returns for the next call. So the memory is bounded by the number of
/// concurrent calls, however many calls there are.
pub struct Passwords {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    memory: HashingMemory,
}

impl Passwords {
    /// Draws salts from `entropy`.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS);
        let memory = HashingMemory::new(PARAMS.block_count());
        Self { argon2, entropy, memory }
    }

    /// The output of argon2 for a password and a salt.
    fn output(
        &self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Result<Output, HashingError> {
        let mut buffer = [0; Output::MAX_LENGTH];
        let out = buffer.get_mut(..len).ok_or_else(|| failed("the hash is too long"))?;
        let mut memory = self.memory.lend(argon2.params().block_count())?;
        argon2.hash_password_into_with_memory(password, salt, out, memory.blocks()).map_err(failed)?;
        Output::new(out).map_err(failed)
    }

    /// Whether a password is the one behind a stored hash.
    fn matches(&self, stored: &StoredHash, presented: &str) -> Result<bool, HashingError> {
        let StoredHash { argon2, salt, output } = stored;
        Ok(self.output(argon2, presented.as_bytes(), salt, output.len())? == *output)
    }
}

impl PasswordHasher for Passwords {
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        let mut salt = [0; SALT_OCTETS];
        self.entropy.fill(&mut salt);
        let output =
            self.output(&self.argon2, password.reveal().as_bytes(), &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let phc = PhcString {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&PARAMS).map_err(failed)?,
            salt: Some(Salt::new(&salt).map_err(failed)?),
            hash: Some(output),
        };
        Ok(PasswordHash::new(phc.to_string()))
    }

    fn verify(&self, hash: Option<&PasswordHash>, presented: &str) -> Result<bool, HashingError> {
        // Longer passwords cannot be chosen. The length is checked first, and alike for every account, so that the
        // response time reveals nothing about accounts.
        if presented.len() > MAX_PASSWORD_OCTETS {
            return Ok(false);
        }
        let stored = hash.and_then(parse);
        let is_stored = stored.is_some();
        let compared = match stored.or_else(|| StoredHash::parse(DUMMY_HASH)) {
            Some(stored) => self.matches(&stored, presented)?,
            None => false,
        };
        Ok(is_stored && compared)
    }
}

/// A stored hash with the parameters that it was made with.
struct StoredHash {
    argon2: Argon2<'static>,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    /// Parses a PHC string. `None` if it is not a hash of a form of argon2.
    fn parse(text: &str) -> Option<Self> {
        let phc = PhcString::new(text).ok()?;
        let (salt, output) = (phc.salt?, phc.hash?);
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).ok()?;
        let version = phc.version.map(Version::try_from).transpose().ok()?.unwrap_or_default();
        let params = Params::try_from(&phc).ok()?;
        Some(Self { argon2: Argon2::new(algorithm, version, params), salt, output })
    }
}

/// Parses a stored hash. An unreadable hash counts as no password, so that the response does not reveal it; it is logged.
fn parse(hash: &PasswordHash) -> Option<StoredHash> {
    let parsed = StoredHash::parse(hash.as_str());
    if parsed.is_none() {
        tracing::error!("a stored password hash is not a PHC string of argon2");
    }
    parsed
}

fn failed(error: impl fmt::Display) -> HashingError {
    HashingError(error.to_string())
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}
