//! Usher's credentials: who a bearer token speaks for, which password is right, which link is ours.
//!
//! What belongs here: everything that touches key material, and nothing that touches the store. A credential becomes
//! a [`Principal`](usher_domain::principal::Principal); looking up the person and the account behind it is the
//! domain's part.
//!
//! - [`JwtVerifier`] judges bearer tokens of the configured issuers ([`IssuerSettings`]), [`TokenIssuer`] makes Usher's
//!   own.
//! - [`access_token_digest`] makes of an access token what is stored of it.
//! - [`Passwords`] hashes and compares passwords.
//! - [`HmacLinkKeys`] derives the secret half of invitation links.
//! - [`RequestKeys`] tells a request that comes again from another one, without keeping what it says.
//! - [`is_loopback`] tells which URLs stay on this machine: only those may carry credentials, or keys, without TLS.
//!
//! Secrets of the server come in as [`ServerSecret`], and no type of this crate shows one in its `Debug` output.
//!
//! To add a source of keys: a variant of [`KeySource`], and in `jwt/trusted.rs` what it becomes and how it finds the key
//! of a token. To add an algorithm: where keys are made (`keys/pem.rs`, `keys/jwk.rs`), so that each key has exactly one;
//! then its rows in the tables of `tests/it`.

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
pub use jwks::{JwksFault, JwksSettings};
pub use jwt::{
    ClaimNames, InvalidToken, IssuerFault, IssuerSettings, JwtError, JwtVerifier, KeySource, MAX_PUBLIC_KEYS,
    MAX_TOKEN_OCTETS, PublicKeySettings, SettingsError, TokenIssuer,
};
pub use keys::KeyFault;
pub use links::HmacLinkKeys;
pub use loopback::is_loopback;
pub use passwords::Passwords;
pub use requests::RequestKeys;
pub use secret::{MIN_SECRET_OCTETS, SecretRing, ServerSecret, WeakSecret};
