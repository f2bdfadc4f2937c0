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
    invitation_page::InvitationPage,
    link::{self, Link},
    mails::{self, SentChoice},
    open_link::{ProvenLink, open},
    page_request::PageRequest,
    receipt,
    repeat::repeat,
    sent_form::SentForm,
    settings::PageSettings,
};
use crate::page::{self, Page};

/// `GET /accept-invitation/{secure_id}?key=…`, or `?receipt=…` after an acceptance: shows the invitation and changes nothing, because mail scanners and link previews
/// open links too.
pub(super) async fn show(
    request: HttpRequest,
    state: Data<AppState>,
    settings: Data<PageSettings>,
) -> HttpResponse {
    let page_request = PageRequest::new(&request, &state, &settings);
    if let Some(receipt) = receipt::presented(&request) {
        return receipt::show(&page_request, link::secure_id(&request), receipt).await.into();
    }
    let page = match open(&page_request, Link::opened(&request)).await {
        Ok(ProvenLink::Open(open)) => InvitationPage::new(&open, &state.app).page(StatusCode::OK),
        Ok(ProvenLink::Reopenable(declined)) => declined.page(state.app.now()),
        Ok(ProvenLink::Ended(ended)) => ended.page(&settings),
        Err(page) => page,
    };
    page.into()
}

/// `POST /accept-invitation/{secure_id}`: accepts, declines, takes a decline back, or stops invitations.
pub(super) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<PageSettings>,
) -> HttpResponse {
    let response = submit_form(&request, payload, &state, &settings).await;
    response.unwrap_or_else(HttpResponse::from)
}

/// Checks the link before the fields: a request without the right key learns nothing about fields, and costs no hashing.
async fn submit_form(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
    settings: &PageSettings,
) -> Result<HttpResponse, Page> {
    let form = Form::receive(request, payload, state.body_timeout).await.map_err(failure::unreadable_form)?;
    let page_request = PageRequest::new(request, state, settings);
    let link = open(&page_request, Link::posted(request, form.get("key"))).await?;
    let key = idempotency_key::of_request(request, &state.app, Some(form.body()));
    if form.get("action") == Some(mails::ACTION)
        && let Some((link, mails)) = link.mails()
    {
        let sent = SentChoice { request: &page_request, link, mails, form: &form };
        return Ok(sent.handle(key).await);
    }
    let open = match link {
        ProvenLink::Open(open) => open,
        ProvenLink::Reopenable(declined) => return declined.submit(&page_request, &form, key).await,
        ProvenLink::Ended(ended) => {
            let Ok(Some(key)) = key else { return Err(ended.page(settings)) };
            return repeat(&page_request, &ended.link, &form, key, || ended.page(settings)).await;
        }
    };
    let sent = SentForm { request: &page_request, open: &open, form: &form };
    match form.get("action") {
        Some("accept") => accept(&sent, key).await,
        Some("decline") => Ok(decline(&sent, key).await),
        // It was reopened in the meantime.
        Some("reopen") => Ok(page::located(page::redirect(), &open.link.address())),
        _ => {
            let message =
                "The form did not say whether to accept or to decline. Use one of the buttons below.";
            Err(sent.again(&[FormError::of_form(message)], StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}
