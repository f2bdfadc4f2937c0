//! What all handlers share.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::sync::Notify;
use url::Url;
use usher_auth::{JwtVerifier, TokenIssuer};

use super::{gathered::Gathered, idempotency::Repeats, passwords::PasswordDesk};
use crate::gate::Gate;

/// What handlers share.
#[derive(Debug)]
pub struct AppState {
    /// The way to the store.
    pub gate: Gate,
    /// Use cases that many ask for at once.
    pub gathered: Gathered,
    /// Judges bearer tokens.
    pub verifier: JwtVerifier,
    /// Signs Usher's own tokens.
    pub issuer: TokenIssuer,
    /// Hashes and checks passwords.
    pub passwords: Arc<PasswordDesk>,
    /// Tells requests that come again from new ones.
    pub repeats: Repeats,
    /// Tells the worker that a mail was queued.
    pub wake: Arc<Notify>,
    /// Where this service is reached, without a trailing slash.
    pub public_url: String,
    /// Where the page after acceptance leads.
    pub continue_url: Option<Url>,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How long tokens of a login live.
    pub token_lifetime: TimeDelta,
    /// What Landscape's dialect decides by.
    pub landscape: Landscape,
    /// What Fastly's dialect decides by.
    pub fastly: Fastly,
}

/// What is decided about Landscape's dialect.
#[derive(Debug)]
pub struct Landscape {
    /// Whether bodies must be declared as JSON.
    pub strict_content_type: bool,
    /// How long its invitations are open.
    pub validity: TimeDelta,
}

/// What is decided about Fastly's dialect.
#[derive(Debug)]
pub struct Fastly {
    /// How long its invitations are open.
    pub validity: TimeDelta,
}
