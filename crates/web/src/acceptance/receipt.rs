//! The page after an acceptance. The acceptance redirects to it, so that reloading it does not send the form again. The receipt in its
//! address tells the person who accepted from other readers of the mail.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;
use usher_app::Render;
use usher_domain::{invitation::SecureId, usecase::accept::Accepted};

use super::{failure, page_request::PageRequest, result_pages};
use crate::page::{self, Page};

/// The name of the parameter.
const RECEIPT: &str = "receipt";

/// The receipt in the address of a request.
pub(super) fn presented(request: &HttpRequest) -> Option<String> {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    query.find_map(|(name, value)| (name == RECEIPT).then(|| value.into_owned()))
}

/// Returns the page of an acceptance to the holder of its receipt. It changes nothing.
pub(super) async fn show(request: &PageRequest<'_>, secure_id: Option<SecureId>, receipt: String) -> Page {
    let Some(secure_id) = secure_id else { return failure::unknown_link() };
    match request.app.links().accepted(&request.context, secure_id, receipt).await {
        Ok(Some(accepted)) => result_pages::accepted(&accepted, request.settings),
        Ok(None) => failure::unknown_link(),
        Err(error) => failure::store(&error),
    }
}

/// Renders an acceptance as a redirect. Its location is not part of what is stored with an idempotency key: see [`located`].
pub(super) fn render() -> Render<Accepted> {
    Arc::new(|_| page::see_other())
}

/// Adds the location to a redirect to the receipt.
pub(super) fn located(
    request: &PageRequest<'_>,
    secure_id: &SecureId,
    response: HttpResponse,
) -> HttpResponse {
    let receipt = request.app.links().receipt(secure_id);
    page::located(response, &format!("{secure_id}?{RECEIPT}={receipt}"))
}
