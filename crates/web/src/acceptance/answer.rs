use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};

use super::{
    accept::accept, decline::decline, form::Form, link::Link, message, mistake::Mistake, open::OpenPage,
    visit::Visit,
};
use crate::http::{page::Page, state::AppState};

/// `GET /accept-invitation/{secure_id}?key=…`: shows, and changes nothing. Scanners and previews come here first.
pub(super) async fn look(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match Visit::open(&state, Link::opened(&request)).await {
        Ok(visit) => OpenPage::new(&visit, state.gate.env().now()).page(StatusCode::OK).into(),
        Err(page) => page.into(),
    }
}

/// `POST /accept-invitation/{secure_id}`: accepts or declines.
pub(super) async fn answer(request: HttpRequest, payload: Payload, state: Data<AppState>) -> HttpResponse {
    decide(&request, payload, &state).await.unwrap_or_else(|page| page).into()
}

/// The link comes before the fields: who has no key learns nothing about fields either, and costs no hashing.
async fn decide(request: &HttpRequest, payload: Payload, state: &AppState) -> Result<Page, Page> {
    let form = Form::receive(request, payload, state.body_timeout).await.map_err(message::unreadable)?;
    let visit = Visit::open(state, Link::posted(request, form.get("key"))).await?;
    match form.get("action") {
        Some("accept") => accept(state, &visit, &form).await,
        Some("decline") => decline(state, &visit).await,
        _ => {
            let mistakes = [Mistake::anywhere("The form did not say whether to accept or to decline.")];
            Err(again(state, &visit, &form, &mistakes, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// The form once more, with what to change.
pub(super) fn again(
    state: &AppState,
    visit: &Visit,
    form: &Form,
    mistakes: &[Mistake],
    status: StatusCode,
) -> Page {
    OpenPage::new(visit, state.gate.env().now()).again(form, mistakes).page(status)
}
