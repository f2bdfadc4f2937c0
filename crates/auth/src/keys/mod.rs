//! Keys that verify tokens. Each key has exactly one algorithm.

mod jwk;
mod pem;
mod set;

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, VerificationAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};

pub(crate) use jwk::Jwk;
pub(crate) use pem::PEM_BEGIN;
pub(crate) use set::{KeySet, LookupError};

use crate::secret::ServerSecret;

/// Accepted sizes of RSA keys in bits: from the minimum of RFC 7518, 3.3, to the maximum of the library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a public key cannot be used. The messages are for the operator and contain no part of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not exactly one PEM block (RFC 7468) with the label `PUBLIC KEY` or `RSA PUBLIC KEY`.
    #[error("must be one public key in PEM form")]
    NotPublicPem,
    /// A private key instead of its public half.
    #[error("is a private key: configure its public half instead")]
    Private,
    /// Not intended for verifying signatures with an accepted algorithm (RFC 7517, 4.2 to 4.4).
    #[error("is not intended for RS256, ES256 or EdDSA signatures")]
    Purpose,
    /// Not a valid RSA, P-256 or Ed25519 key.
    #[error("must be a valid RSA, P-256 or Ed25519 key")]
    Unsuitable,
    /// An RSA key with fewer than 2048 bits or more than 8192.
    #[error("must have 2048 to 8192 bits for RSA")]
    RsaSize,
}

/// A key and its only algorithm (RFC 8725, 3.1).
pub(crate) struct VerificationKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl VerificationKey {
    /// A shared secret: HS256.
    pub(crate) fn shared(secret: &ServerSecret) -> Self {
        let key = DecodingKey::from_secret(secret.octets());
        Self { kid: None, algorithm: Algorithm::HS256, key }
    }

    /// An RSA key from its big-endian modulus and exponent: RS256.
    fn rsa(modulus: &[u8], exponent: &[u8], kid: Option<String>) -> Result<Self, KeyFault> {
        // Some issuers send a leading zero octet (RFC 7518, 6.3.1.1), which the library rejects.
        let (modulus, exponent) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        check_rsa_bits(bits(modulus))?;
        let key = DecodingKey::from_rsa_raw_components(modulus, exponent);
        Ok(Self { kid, algorithm: Algorithm::RS256, key })
    }

    /// A P-256 point in the encoding of SEC 1, 2.3.3: ES256.
    fn p256(point: &[u8], kid: Option<String>) -> Result<Self, KeyFault> {
        check_valid(&ECDSA_P256_SHA256_FIXED, point)?;
        Ok(Self { kid, algorithm: Algorithm::ES256, key: DecodingKey::from_ec_der(point) })
    }

    /// An Ed25519 key of 32 octets: `EdDSA`.
    fn ed25519(key: &[u8], kid: Option<String>) -> Result<Self, KeyFault> {
        check_valid(&ED25519, key)?;
        Ok(Self { kid, algorithm: Algorithm::EdDSA, key: DecodingKey::from_ed_der(key) })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether both keys have the same kid and algorithm, so that no token's header distinguishes them.
    pub(crate) fn has_kid_and_algorithm_of(&self, other: &Self) -> bool {
        self.kid.is_some() && (&self.kid, self.algorithm) == (&other.kid, other.algorithm)
    }

    /// Whether this key made the signature, given in base64url without padding.
    pub(crate) fn verifies(&self, signing_input: &str, signature: &str) -> bool {
        crypto::verify(signature, signing_input.as_bytes(), &self.key, self.algorithm).unwrap_or(false)
    }
}

/// Leaves out the key material, and the kid, which is text from outside.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

fn check_valid(algorithm: &'static dyn VerificationAlgorithm, key: &[u8]) -> Result<(), KeyFault> {
    ParsedPublicKey::new(algorithm, key).map(drop).map_err(|_| KeyFault::Unsuitable)
}

fn check_rsa_bits(bits: usize) -> Result<(), KeyFault> {
    if RSA_BITS.contains(&bits) { Ok(()) } else { Err(KeyFault::RsaSize) }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// The number of bits of a number without leading zero octets.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}
