//! JSON Web Tokens (RFC 7519) in the compact form of JWS (RFC 7515), signed and verified as RFC 8725 recommends.
//!
//! jsonwebtoken makes and verifies signatures only, and not those of ES512, which it lacks (`keys/material.rs`). This module does
//! everything else, because the library's defaults do not follow RFC 8725: they ignore `typ`, `crit` and `nbf`, read the system's
//! clock, and take the last of two equal names.

mod binding;
mod claim;
mod claims;
mod compact;
mod error;
mod facts;
mod identity;
mod issuer;
mod object;
mod settings;
mod settings_error;
mod trusted;
mod verifier;

pub use binding::IssuerBinding;
pub use claim::Claim;
pub use compact::MAX_TOKEN_OCTETS;
pub use error::{InvalidToken, JwtError};
pub use facts::TokenFacts;
pub use issuer::TokenIssuer;
pub use settings::{ClaimNames, EmailTrust, IssuerSettings, KeySource, MAX_PUBLIC_KEYS, PublicKeySettings};
pub use settings_error::{IssuerFault, IssuerSettingsError};
pub use verifier::JwtVerifier;
