use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use usher_http_kit::{AppState, idempotency_key};

use super::{
    accept::accept,
    decline::decline,
    failure,
    form::Form,
    form_error::FormError,
    invitation_page::{InvitationPage, form_again},
    link::Link,
    open_link::{ProvenLink, open},
    page_request::PageRequest,
    repeat::repeat,
    settings::Settings,
};
use crate::page::Page;

/// `GET /accept-invitation/{secure_id}?key=…`: shows the invitation and changes nothing, because mail scanners and link previews
/// open links too.
pub(super) async fn show(
    request: HttpRequest,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> HttpResponse {
    let page_request = PageRequest::new(&request, &state, &settings);
    let page = match open(&page_request, Link::opened(&request)).await {
        Ok(ProvenLink::Open(open)) => InvitationPage::new(&open, state.app.now()).page(StatusCode::OK),
        Ok(ProvenLink::Ended(_, ended)) => ended.page(&settings),
        Err(page) => page,
    };
    page.into()
}

/// `POST /accept-invitation/{secure_id}`: accepts or declines.
pub(super) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> HttpResponse {
    let response = submit_form(&request, payload, &state, &settings).await;
    response.unwrap_or_else(HttpResponse::from)
}

/// Checks the link before the fields: a request without the right key learns nothing about fields, and costs no hashing.
async fn submit_form(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
    settings: &Settings,
) -> Result<HttpResponse, Page> {
    let form = Form::receive(request, payload, state.body_timeout).await.map_err(failure::unreadable_form)?;
    let page_request = PageRequest::new(request, state, settings);
    let link = open(&page_request, Link::posted(request, form.get("key"))).await?;
    let key = idempotency_key::of_request(request, &state.app, Some(form.body()));
    match (link, form.get("action")) {
        (ProvenLink::Open(open), Some("accept")) => accept(&page_request, &open, &form, key).await,
        (ProvenLink::Open(open), Some("decline")) => Ok(decline(&page_request, &open, key).await),
        (ProvenLink::Open(open), _) => {
            let errors = [FormError::of_form("The form did not say whether to accept or to decline.")];
            Err(form_again(&page_request, &open, &form, &errors, StatusCode::UNPROCESSABLE_ENTITY))
        }
        (ProvenLink::Ended(link, ended), _) => match key {
            Ok(Some(key)) => repeat(&page_request, &link, &ended, &form, key).await,
            Ok(None) | Err(_) => Err(ended.page(settings)),
        },
    }
}
