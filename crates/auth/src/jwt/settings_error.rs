use super::settings::MAX_PUBLIC_KEYS;
use crate::{JwksFault, KeyFault};

/// Why the settings of the issuers cannot be used. The messages are for the operator and free of key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Without an issuer nobody could ever sign in.
    #[error("no issuer of tokens is configured")]
    NoIssuer,
    /// It would not be known whose settings a token is judged by.
    #[error("two issuers of tokens have the same iss, or both none")]
    SameIssuer,
    /// One issuer's settings are wrong.
    #[error("issuer {issuer:?}: {fault}")]
    Issuer {
        /// Its `iss`, empty when there is none.
        issuer: String,
        /// What is wrong.
        #[source]
        fault: IssuerFault,
    },
}

/// What is wrong with an issuer's settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// Out of bounds.
    #[error("the leeway must be 0 to 60 seconds")]
    Leeway,
    /// No token could ever be verified.
    #[error("there is no public key")]
    NoKeys,
    /// A token would be tried with too many.
    #[error("there are more than {MAX_PUBLIC_KEYS} public keys")]
    TooManyKeys,
    /// A public key that cannot be used.
    #[error("public key {position} {fault}")]
    PublicKey {
        /// Which one, counted from 1.
        position: usize,
        /// What is wrong with it.
        #[source]
        fault: KeyFault,
    },
    /// No token could tell it from another one.
    #[error("public key {position} has the kid and the algorithm of another one")]
    SameKid {
        /// Which one, counted from 1.
        position: usize,
    },
    /// The key set.
    #[error("the key set {0}")]
    Jwks(#[from] JwksFault),
    /// [`TokenIssuer`](crate::TokenIssuer) signs with a shared secret.
    #[error("Usher's own tokens need shared secrets as keys")]
    NotShared,
    /// [`TokenIssuer`](crate::TokenIssuer) writes Landscape's claims.
    #[error("Usher's own tokens need Landscape's claim names and a type JWT")]
    NotOwnShape,
}
