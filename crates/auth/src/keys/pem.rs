use aws_lc_rs::signature::RsaParameters;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::{KeyFault, VerificationKey, check_rsa_bits};

/// The beginning of each block of a PEM file (RFC 7468, 2).
pub(crate) const PEM_BEGIN: &str = "-----BEGIN ";

impl VerificationKey {
    /// Reads a public key from PEM. The type of the key determines the algorithm: RS256 for RSA, ES256 for P-256, `EdDSA` for
    /// Ed25519.
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

/// Rejects what the library would accept: private keys, certificates (it does not check their validity) and strings
/// with several blocks (it reads the first and ignores the others).
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
