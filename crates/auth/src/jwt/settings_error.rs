use super::settings::MAX_PUBLIC_KEYS;
use crate::{JwksFault, KeyFault};

/// Why the settings of the issuers cannot be used. The messages are for the operator and contain no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerSettingsError {
    /// Without an issuer, every token would be rejected.
    #[error("no token issuer is configured")]
    NoIssuer,
    /// It would be unclear which settings apply to a token.
    #[error("two token issuers have the same iss, or both have none")]
    DuplicateIssuer,
    /// The settings of one issuer are invalid.
    #[error("issuer {issuer:?}: {fault}")]
    Issuer {
        /// Its `iss`; empty if unset.
        issuer: String,
        /// The reason.
        #[source]
        fault: IssuerFault,
    },
}

/// Why an issuer's settings are invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// The leeway is out of bounds.
    #[error("the leeway must be 0 to 60 seconds")]
    Leeway,
    /// Without a key, every token would be rejected.
    #[error("there is no public key")]
    NoKeys,
    /// Usher would try too many keys per token.
    #[error("there are more than {MAX_PUBLIC_KEYS} public keys")]
    TooManyKeys,
    /// A public key that cannot be used.
    #[error("public key {position} {fault}")]
    PublicKey {
        /// The position of the key, counted from 1.
        position: usize,
        /// The reason.
        #[source]
        fault: KeyFault,
    },
    /// No token's header could distinguish the two keys.
    #[error("public key {position} has the same kid and algorithm as another key")]
    DuplicateKid {
        /// The position of the key, counted from 1.
        position: usize,
    },
    /// The settings of the key set are invalid.
    #[error("the key set {0}")]
    Jwks(#[from] JwksFault),
    /// [`TokenIssuer`](crate::TokenIssuer) signs with a shared secret.
    #[error("Usher's own tokens need shared secrets as keys")]
    NoSharedSecrets,
    /// [`TokenIssuer`](crate::TokenIssuer) writes Landscape's claims and the type `JWT`.
    #[error("Usher's own tokens need Landscape's claim names and the token type JWT")]
    NotUsherFormat,
}
