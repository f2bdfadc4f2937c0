//! The state of the handlers.

use std::{sync::Arc, time::Duration};

use usher_app::App;

use crate::{drain::Drain, link_lookups::LinkLookups};

/// The state that all handlers share. The composition root builds it once.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The application.
    pub app: Arc<App>,
    /// The URL of this service for people and clients, without a trailing slash.
    pub public_url: String,
    /// Longest time for a client to send a body.
    pub body_timeout: Duration,
    /// The state of the server's shutdown.
    pub drain: Arc<Drain>,
    /// The limits on failed look-ups of links.
    pub link_lookups: Arc<LinkLookups>,
}
