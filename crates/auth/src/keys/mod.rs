//! Keys that verify tokens, and the algorithms of each. The type of a key limits its algorithms, and its issuer can limit
//! them to one.

mod algorithm;
mod es512;
mod fault;
mod jwk;
mod key_type;
mod material;
mod number;
mod pem;
mod set;

use std::fmt;

use aws_lc_rs::{encoding::AsDer as _, rsa::PublicKeyComponents};

pub(crate) use algorithm::Algorithm;
pub use fault::KeyFault;
pub(crate) use jwk::Jwk;
use key_type::KeyType;
use material::Material;
pub(crate) use pem::PEM_BEGIN;
pub(crate) use set::{KeySet, LookupError};

use crate::secret::ServerSecret;

/// Accepted sizes of RSA keys in bits: from the minimum of RFC 7518, 3.3, to the maximum of the library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key and its algorithms (RFC 8725, 3.1). An RSA key without further restriction has all RSA algorithms; every other key
/// has exactly one.
pub(crate) struct VerificationKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    material: Material,
}

impl VerificationKey {
    /// A shared secret: HS256.
    pub(crate) fn shared(secret: &ServerSecret) -> Self {
        Self { kid: None, algorithms: vec![Algorithm::Hs256], material: Material::shared(secret) }
    }

    /// An RSA key from its big-endian modulus and exponent, without leading zero octets.
    fn rsa(
        modulus: &[u8],
        exponent: &[u8],
        algorithms: Vec<Algorithm>,
        kid: Option<String>,
    ) -> Result<Self, KeyFault> {
        let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
        if !RSA_BITS.contains(&bits) {
            return Err(KeyFault::RsaSize);
        }
        let components = PublicKeyComponents { n: modulus, e: exponent };
        let der = components.as_der().map_err(|_| KeyFault::Unsuitable)?;
        // Unlike the components, DER is checked when it is parsed: the exponent is odd, for example.
        Self::public(KeyType::Rsa, der.as_ref(), algorithms, kid)
    }

    /// A public key in a form that [`KeyType::read`] takes, with some or all algorithms of its type.
    fn public(
        key_type: KeyType,
        key: &[u8],
        algorithms: Vec<Algorithm>,
        kid: Option<String>,
    ) -> Result<Self, KeyFault> {
        Ok(Self { kid, algorithms, material: Material::public(key_type, key)? })
    }

    pub(crate) fn has_algorithm(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether both keys have the same kid and a common algorithm, so that no token's header distinguishes them.
    pub(crate) fn has_kid_and_algorithm_of(&self, other: &Self) -> bool {
        let common = self.algorithms.iter().any(|algorithm| other.has_algorithm(*algorithm));
        self.kid.is_some() && self.kid == other.kid && common
    }

    /// Whether this key made the signature, given in base64url without padding, with the algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, signing_input: &str, signature: &str) -> bool {
        self.has_algorithm(algorithm) && self.material.verifies(algorithm, signing_input, signature)
    }
}

/// Leaves out the key material, and the kid, which is text from outside.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey").field("algorithms", &self.algorithms).finish_non_exhaustive()
    }
}
