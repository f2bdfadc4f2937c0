//! Bearer tokens: JSON Web Tokens (RFC 7519) in the compact form of JWS (RFC 7515), judged as RFC 8725 asks.
//!
//! The library checks signatures. Everything else is ours, because its defaults leave most of RFC 8725 to the caller:
//! it does not look at `typ`, `crit` or `nbf`, asks the system's clock, and takes the last of two equal names.

mod claims;
mod compact;
mod error;
mod identity;
mod issuer;
mod object;
mod settings;
mod settings_error;
mod trusted;
mod verifier;

pub use compact::MAX_TOKEN_OCTETS;
pub use error::{InvalidToken, JwtError};
pub use issuer::TokenIssuer;
pub use settings::{ClaimNames, IssuerSettings, KeySource, MAX_PUBLIC_KEYS, PublicKeySettings};
pub use settings_error::{IssuerFault, SettingsError};
pub use verifier::JwtVerifier;
