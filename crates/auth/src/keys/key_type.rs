use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};

use super::{Algorithm, KeyFault};

/// The type of a public key. It limits the algorithms (RFC 8725, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

impl KeyType {
    pub(super) fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Rsa => &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Ps256,
                Algorithm::Ps384,
                Algorithm::Ps512,
            ],
            Self::P256 => &[Algorithm::Es256],
            Self::P384 => &[Algorithm::Es384],
            Self::P521 => &[Algorithm::Es512],
            Self::Ed25519 => &[Algorithm::EdDsa],
        }
    }

    /// Reads a key of this type: DER, a point (SEC 1, 2.3.3), or 32 octets for Ed25519. jsonwebtoken reads a key only when it
    /// verifies with it, and the operator must hear of an invalid key before.
    pub(super) fn read(self, key: &[u8]) -> Result<ParsedPublicKey, KeyFault> {
        let form: &'static dyn VerificationAlgorithm = match self {
            // Every RSA algorithm reads the same keys.
            Self::Rsa => &RSA_PKCS1_2048_8192_SHA256,
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
            Self::P521 => &ECDSA_P521_SHA512_FIXED,
            Self::Ed25519 => &ED25519,
        };
        ParsedPublicKey::new(form, key).map_err(|_| KeyFault::Unsuitable)
    }
}
