//! The state of the handlers.

use std::{sync::Arc, time::Duration};

use usher_app::App;

/// What all handlers share. Built once, by the composition root.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The application.
    pub app: Arc<App>,
    /// Where this service is reached, without a trailing slash.
    pub public_url: String,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
}
