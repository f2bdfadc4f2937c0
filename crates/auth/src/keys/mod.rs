//! Keys that verify tokens, and the algorithms of each. The type of a key limits its algorithms, and its issuer can limit
//! them to one.

mod algorithm;
mod fault;
mod jwk;
mod number;
mod pem;
mod set;

use std::fmt;

use aws_lc_rs::{encoding::AsDer as _, hmac, rsa::PublicKeyComponents, signature::ParsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(crate) use algorithm::Algorithm;
pub use fault::KeyFault;
pub(crate) use jwk::Jwk;
pub(crate) use pem::PEM_BEGIN;
pub(crate) use set::{KeySet, LookupError};

use crate::secret::ServerSecret;

/// Accepted sizes of RSA keys in bits: from the minimum of RFC 7518, 3.3, to the maximum of the library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key and its algorithms (RFC 8725, 3.1). An RSA key without further restriction has all RSA algorithms; every other key
/// has exactly one.
pub(crate) struct VerificationKey {
    kid: Option<String>,
    material: Material,
}

enum Material {
    /// HS256.
    Shared(Box<hmac::Key>),
    Public(Vec<(Algorithm, ParsedPublicKey)>),
}

impl VerificationKey {
    /// A shared secret: HS256.
    pub(crate) fn shared(secret: &ServerSecret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.octets());
        Self { kid: None, material: Material::Shared(Box::new(key)) }
    }

    /// An RSA key from its big-endian modulus and exponent, without leading zero octets.
    fn rsa(
        modulus: &[u8],
        exponent: &[u8],
        algorithms: &[Algorithm],
        kid: Option<String>,
    ) -> Result<Self, KeyFault> {
        let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
        if !RSA_BITS.contains(&bits) {
            return Err(KeyFault::RsaSize);
        }
        let components = PublicKeyComponents { n: modulus, e: exponent };
        let der = components.as_der().map_err(|_| KeyFault::Unsuitable)?;
        // Unlike the components, DER is checked when it is parsed: the exponent is odd, for example.
        Self::public(der.as_ref(), algorithms, kid)
    }

    /// A public key in a form that the library reads: `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), a point (SEC 1, 2.3.3), or 32
    /// octets for Ed25519.
    fn public(key: &[u8], algorithms: &[Algorithm], kid: Option<String>) -> Result<Self, KeyFault> {
        let parse = |algorithm: Algorithm| {
            let verification = algorithm.verification().ok_or(KeyFault::Symmetric)?;
            let key = ParsedPublicKey::new(verification, key).map_err(|_| KeyFault::Unsuitable)?;
            Ok((algorithm, key))
        };
        let keys = algorithms.iter().copied().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { kid, material: Material::Public(keys) })
    }

    pub(crate) fn has_algorithm(&self, algorithm: Algorithm) -> bool {
        match &self.material {
            Material::Shared(_) => algorithm == Algorithm::Hs256,
            Material::Public(keys) => keys.iter().any(|(own, _)| *own == algorithm),
        }
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether both keys have the same kid and a common algorithm, so that no token's header distinguishes them.
    pub(crate) fn has_kid_and_algorithm_of(&self, other: &Self) -> bool {
        let common = match &self.material {
            Material::Shared(_) => other.has_algorithm(Algorithm::Hs256),
            Material::Public(keys) => keys.iter().any(|(algorithm, _)| other.has_algorithm(*algorithm)),
        };
        self.kid.is_some() && self.kid == other.kid && common
    }

    /// Whether this key made the signature, given in base64url without padding, with the algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, signing_input: &str, signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let input = signing_input.as_bytes();
        match &self.material {
            Material::Shared(key) => {
                algorithm == Algorithm::Hs256 && hmac::verify(key, input, &signature).is_ok()
            }
            Material::Public(keys) => {
                keys.iter().any(|(own, key)| *own == algorithm && key.verify_sig(input, &signature).is_ok())
            }
        }
    }
}

/// Leaves out the key material, and the kid, which is text from outside.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms: Vec<Algorithm> = match &self.material {
            Material::Shared(_) => vec![Algorithm::Hs256],
            Material::Public(keys) => keys.iter().map(|(algorithm, _)| *algorithm).collect(),
        };
        f.debug_struct("VerificationKey").field("algorithms", &algorithms).finish_non_exhaustive()
    }
}
