use std::net::IpAddr;

use actix_web::HttpRequest;
use usher_app::{App, RequestContext};
use usher_http_kit::{AppState, client_address::client_address};

use super::settings::PageSettings;

/// Everything that is needed to handle one request. All its waits share the time budget of one context.
pub(super) struct PageRequest<'a> {
    /// The application.
    pub(super) app: &'a App,
    /// The request's id and time budget.
    pub(super) context: RequestContext,
    /// The address of the visitor.
    pub(super) client: IpAddr,
    /// The pages' settings.
    pub(super) settings: &'a PageSettings,
}

impl<'a> PageRequest<'a> {
    pub(super) fn new(request: &HttpRequest, state: &'a AppState, settings: &'a PageSettings) -> Self {
        Self {
            app: &state.app,
            context: usher_http_kit::context(request),
            client: client_address(request),
            settings,
        }
    }
}
