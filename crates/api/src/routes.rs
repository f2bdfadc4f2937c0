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

/// The operations of an edge.
#[derive(Debug)]
pub struct Edge {
    /// The edge's name in metrics.
    pub name: &'static str,
    /// The prefix of its paths.
    pub prefix: &'static str,
    /// Its operations, with paths below the prefix.
    pub endpoints: Vec<Endpoint>,
}

impl Edge {
    /// The patterns of the edge's routes, each with the edge's name.
    pub fn routes(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.endpoints.iter().map(|endpoint| (format!("{}{}", self.prefix, endpoint.path), self.name))
    }
}

/// Returns all edges with their operations. To add an edge, add it here, to [`configure`], and to the authorization matrix of
/// the tests.
#[must_use]
pub fn edges() -> Vec<Edge> {
    let edge = |name, prefix, endpoints| Edge { name, prefix, endpoints };
    vec![
        edge("health", "", health::endpoints()),
        edge("landscape", usher_landscape::PREFIX, usher_landscape::endpoints()),
        edge("fastly", "", usher_fastly::endpoints()),
        edge("pages", "", usher_web::endpoints()),
        edge("mailbox", mailbox::PREFIX, mailbox::endpoints()),
    ]
}

/// Returns all operations, each with the prefix of its path.
#[must_use]
pub fn endpoints() -> Vec<(&'static str, Endpoint)> {
    edges()
        .into_iter()
        .flat_map(|Edge { prefix, endpoints, .. }| {
            endpoints.into_iter().map(move |endpoint| (prefix, endpoint))
        })
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
