//! Usher's credentials: JWTs, access tokens, passwords, link keys and fingerprints of requests.
//!
//! # What belongs here
//!
//! Everything that touches key material, and nothing that touches the store. The types implement ports of
//! [`usher_domain::port`]. Only the settings, the composition root and the command line use this crate: the edges and the
//! application services see the ports.
//!
//! | Type | Port |
//! |---|---|
//! | [`CredentialVerifier`] | [`Authenticator`](usher_domain::port::Authenticator) |
//! | [`TokenIssuer`] | [`TokenSigner`](usher_domain::port::TokenSigner) |
//! | [`Passwords`] | [`PasswordHasher`](usher_domain::port::PasswordHasher) |
//! | [`HmacLinkKeys`] | [`LinkKeys`](usher_domain::port::LinkKeys) |
//! | [`RequestKeys`] | [`RequestFingerprints`](usher_domain::port::RequestFingerprints) |
//!
//! In addition to the ports:
//!
//! - [`JwtVerifier`] verifies JWTs of the configured issuers ([`IssuerSettings`]) for [`CredentialVerifier`].
//! - [`access_token_digest`] computes the digest under which an access token is stored.
//! - [`is_loopback`] recognizes URLs of this machine. Only they may carry credentials or keys without TLS.
//!
//! Secrets of the server are passed as [`ServerSecret`]. The `Debug` output of every type leaves them out.
//!
//! # How to add one more
//!
//! - A source of keys: add a variant of [`KeySource`] and, in `jwt/trusted.rs`, of `IssuerKeys`.
//! - An algorithm: add it to `keys/algorithm.rs` and to the type of its keys in `keys/key_type.rs`. A new type of key also goes
//!   to `keys/pem.rs`, `keys/jwk.rs` and `keys/material.rs`, which chooses what verifies: jsonwebtoken if it knows the
//!   algorithm. Then add its rows to the tables in `tests/it`.
//! - A reason to reject a JWT: add a variant of [`InvalidToken`] with its code, and its row in `tests/it/redaction.rs`.
//! - A use of the server's secrets: add a type that derives a subkey under its own label, as `links.rs` does.

mod access_token;
mod credentials;
mod digest;
mod jwks;
mod jwt;
mod keys;
mod links;
mod loopback;
mod passwords;
mod requests;
mod secret;

pub use access_token::access_token_digest;
pub use credentials::CredentialVerifier;
#[cfg(feature = "fuzzing")]
pub use jwks::read_key_set;
pub use jwks::{JwksFault, JwksSettings, KeyLocation, check_key_set};
pub use jwt::{
    Claim, ClaimNames, EmailTrust, InvalidToken, IssuerBinding, IssuerFault, IssuerSettings,
    IssuerSettingsError, JwtError, JwtVerifier, KeySource, MAX_PUBLIC_KEYS, MAX_TOKEN_OCTETS,
    PublicKeySettings, TokenFacts, TokenIssuer,
};
pub use keys::KeyFault;
pub use links::HmacLinkKeys;
pub use loopback::is_loopback;
pub use passwords::Passwords;
pub use requests::RequestKeys;
pub use secret::{MIN_SECRET_OCTETS, SecretRing, ServerSecret, WeakSecret};
