/// Why a public key cannot be used. The messages are for the operator and contain no part of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum KeyFault {
    /// Not exactly one PEM block (RFC 7468) with the label `PUBLIC KEY` or `RSA PUBLIC KEY`.
    #[error("must be one public key in PEM form")]
    NotPublicPem,
    /// A private key instead of its public half.
    #[error("is a private key: configure its public half instead")]
    Private,
    /// A certificate. Its validity would have to be checked, too.
    #[error("is a certificate: write its key with `openssl x509 -pubkey -noout` and configure that")]
    Certificate,
    /// Not intended for verifying signatures (RFC 7517, 4.2 and 4.3).
    #[error("is not intended for signatures")]
    Purpose,
    /// Intended for an algorithm that Usher does not support, or that does not fit the key (RFC 7517, 4.4).
    #[error("is intended for an algorithm that is not supported with a key of its type")]
    Algorithm,
    /// A published secret.
    #[error("is a symmetric key: a published key is no secret")]
    Symmetric,
    /// Of an unknown type or on an unknown curve (RFC 7517, 4.1).
    #[error("is not an RSA, P-256, P-384, P-521 or Ed25519 key")]
    Type,
    /// A member has the wrong type, such as a `kid` that is a number.
    #[error("is not a JSON Web Key")]
    NotJwk,
    /// Not a valid key of its type.
    #[error("must be a valid RSA, P-256, P-384, P-521 or Ed25519 key")]
    Unsuitable,
    /// An RSA key with fewer than 2048 bits or more than 8192.
    #[error("must have 2048 to 8192 bits for RSA")]
    RsaSize,
}
