//! The routes of all edges.

use actix_web::{HttpResponse, Route, web::ServiceConfig};
use usher_http_kit::endpoint::Endpoint;
use usher_web::mailbox;

use crate::{
    compose::{StartError, time_delta},
    health,
    settings::Settings,
};

/// The settings of the edges.
#[derive(Debug, Clone)]
pub struct EdgeSettings {
    landscape: usher_landscape::LandscapeSettings,
    fastly: usher_fastly::FastlySettings,
    pages: usher_web::PageSettings,
}

impl EdgeSettings {
    /// Returns the settings of each edge.
    pub fn new(settings: &Settings) -> Result<Self, StartError> {
        Ok(Self {
            landscape: usher_landscape::LandscapeSettings {
                strict_content_type: settings.landscape.strict_content_type,
                validity: time_delta(settings.invitations.validity, "invitations.validity")?,
            },
            fastly: usher_fastly::FastlySettings {
                validity: time_delta(settings.fastly.validity, "fastly.validity")?,
            },
            pages: usher_web::PageSettings { continue_url: settings.server.continue_url.clone() },
        })
    }
}

/// Returns all operations, each with the prefix of its path. To add an edge, add it here, to [`configure`],
/// and to the authorization matrix of the tests.
#[must_use]
pub fn endpoints() -> Vec<(&'static str, Endpoint)> {
    let edges = [
        ("", health::endpoints()),
        (usher_landscape::PREFIX, usher_landscape::endpoints()),
        ("", usher_fastly::endpoints()),
        ("", usher_web::endpoints()),
        (mailbox::PREFIX, mailbox::endpoints()),
    ];
    edges
        .into_iter()
        .flat_map(|(prefix, endpoints)| endpoints.into_iter().map(move |endpoint| (prefix, endpoint)))
        .collect()
}

/// Registers all operations except the development mailbox, which only development mode has.
pub fn configure(config: &mut ServiceConfig, settings: &EdgeSettings) {
    health::configure(config);
    usher_landscape::configure(config, settings.landscape);
    usher_fastly::configure(config, settings.fastly);
    usher_web::configure(config, settings.pages.clone());
    config.default_service(Route::new().to(not_found));
}

async fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is nothing here.\n")
}
