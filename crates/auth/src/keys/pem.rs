use aws_lc_rs::{encoding::AsDer as _, rsa::PublicEncryptingKey, signature::ParsedPublicKey};

use super::{KeyFault, KeyType, VerificationKey};

/// The beginning of each block of a PEM file (RFC 7468, 2).
pub(crate) const PEM_BEGIN: &str = "-----BEGIN ";

/// The first octet of each DER structure that a public key has in PEM. Other octets would be read as a key without a
/// structure.
const SEQUENCE: u8 = 0x30;

impl VerificationKey {
    /// Reads a public key from PEM. The type of the key determines its algorithms.
    pub(crate) fn from_pem(text: &str, kid: Option<String>) -> Result<Self, KeyFault> {
        check_label(text)?;
        let block = pem::parse(text).map_err(|_| KeyFault::Unsuitable)?;
        let der = block.contents();
        if der.first() != Some(&SEQUENCE) {
            return Err(KeyFault::Unsuitable);
        }
        let (key_type, key) = [KeyType::Rsa, KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Ed25519]
            .into_iter()
            .find_map(|key_type| Some((key_type, key_type.read(der).ok()?)))
            .ok_or(KeyFault::Unsuitable)?;
        if key_type == KeyType::Rsa {
            check_rsa_size(&key)?;
        }
        Self::public(key_type, der, key_type.algorithms().to_vec(), kid)
    }
}

/// Rejects private keys, certificates (their validity is not checked) and strings with several blocks (the first would be read
/// and the others ignored).
fn check_label(pem: &str) -> Result<(), KeyFault> {
    let label = pem.split_once(PEM_BEGIN).and_then(|(_, rest)| rest.split_once("-----"));
    match label {
        Some(("PUBLIC KEY" | "RSA PUBLIC KEY", rest)) if !rest.contains(PEM_BEGIN) => Ok(()),
        Some((label, _)) if label.ends_with("PRIVATE KEY") => Err(KeyFault::Private),
        Some(("CERTIFICATE", _)) => Err(KeyFault::Certificate),
        _ => Err(KeyFault::NotPublicPem),
    }
}

/// The library verifies with keys of 2048 to 8192 bits only. It does not tell the size of a parsed key, but it applies the
/// same bounds to keys for encryption.
fn check_rsa_size(key: &ParsedPublicKey) -> Result<(), KeyFault> {
    let der = key.as_der().map_err(|_| KeyFault::Unsuitable)?;
    PublicEncryptingKey::from_der(der.as_ref()).map(drop).map_err(|_| KeyFault::RsaSize)
}
