use aws_lc_rs::signature::RsaParameters;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::{KeyFault, VerificationKey, check_rsa_bits};

/// What each block of a PEM file begins with (RFC 7468, 2).
pub(crate) const PEM_BEGIN: &str = "-----BEGIN ";

impl VerificationKey {
    /// Reads a public key from PEM. The kind of key decides the algorithm: RSA is RS256, P-256 is ES256, Ed25519 is
    /// `EdDSA`.
    pub(crate) fn from_pem(pem: &str, kid: Option<String>) -> Result<Self, KeyFault> {
        check_label(pem)?;
        if let Ok(key) = DecodingKey::from_rsa_pem(pem.as_bytes()) {
            check_rsa_bits(modulus_bits(&key)?)?;
            return Ok(Self { kid, algorithm: Algorithm::RS256, key });
        }
        if let Ok(key) = DecodingKey::from_ec_pem(pem.as_bytes()) {
            return Self::p256(octets(&key)?, kid);
        }
        if let Ok(key) = DecodingKey::from_ed_pem(pem.as_bytes()) {
            return Self::ed25519(octets(&key)?, kid);
        }
        Err(KeyFault::Unsuitable)
    }
}

/// The library reads private keys and certificates as public keys too; neither is what an operator means here, and a
/// certificate's validity would go unchecked. Of several blocks it would take the first and pass over the others.
fn check_label(pem: &str) -> Result<(), KeyFault> {
    let label = pem.split_once(PEM_BEGIN).and_then(|(_, rest)| rest.split_once("-----"));
    match label {
        Some(("PUBLIC KEY" | "RSA PUBLIC KEY", rest)) if !rest.contains(PEM_BEGIN) => Ok(()),
        Some((label, _)) if label.ends_with("PRIVATE KEY") => Err(KeyFault::Private),
        _ => Err(KeyFault::NotPublicPem),
    }
}

fn modulus_bits(key: &DecodingKey) -> Result<usize, KeyFault> {
    let bits = RsaParameters::public_modulus_len(octets(key)?).map_err(|_| KeyFault::Unsuitable)?;
    usize::try_from(bits).map_err(|_| KeyFault::Unsuitable)
}

fn octets(key: &DecodingKey) -> Result<&[u8], KeyFault> {
    key.try_get_as_bytes().map_err(|_| KeyFault::Unsuitable)
}
