//! Declining, in two steps: a form asks for a choice, and the second form declines.
//!
//! Mail checkers load the page of a link and submit the forms that they find, with the values that the forms come with. The second
//! form has no choice preset, and the choice that comes first keeps the invitation, so only a person declines.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use usher_app::{IdempotencyKey, LinkCaller};
use usher_domain::{
    invitation::Status,
    text::DisplayText,
    usecase::decline::{Decline, DeclineError},
};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{ended::Ended, failure, link::Link, sent_form::SentForm, settings::PageSettings};
use crate::page::{self, Page};

/// The page that asks for the choice, as its template takes it. Not `Debug`: it holds the key.
#[derive(Serialize)]
struct ConfirmationPage<'a> {
    account_title: &'a str,
    secure_id: &'a str,
    key: &'a str,
    confirmation: String,
    /// Whether the form was sent without a choice.
    has_error: bool,
}

/// Takes one of the two steps. The key of the link is enough.
pub(super) async fn decline(
    sent: &SentForm<'_>,
    key: Result<Option<IdempotencyKey>, HeaderError>,
) -> HttpResponse {
    let (links, link) = (sent.request.app.links(), &sent.open.link);
    let confirmation = sent.form.get("confirmation");
    let is_confirmed = confirmation.is_some_and(|text| links.is_confirmation(&link.secure_id, text));
    match (is_confirmed, sent.form.get("choice")) {
        (false, _) => ask(sent, false).into(),
        (true, Some("keep")) => page::located(page::redirect(), &link.address()),
        (true, Some("decline")) => decline_confirmed(sent, key).await,
        (true, _) => ask(sent, true).into(),
    }
}

fn ask(sent: &SentForm<'_>, has_error: bool) -> Page {
    let Link { secure_id, key } = &sent.open.link;
    let page = ConfirmationPage {
        account_title: sent.open.opened.account_title.as_str(),
        secure_id: secure_id.as_str(),
        key,
        confirmation: sent.request.app.links().confirmation(secure_id),
        has_error,
    };
    let status = if has_error { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new(status, "decline.html", page)
}

async fn decline_confirmed(
    sent: &SentForm<'_>,
    key: Result<Option<IdempotencyKey>, HeaderError>,
) -> HttpResponse {
    let (request, link) = (sent.request, &sent.open.link);
    let command = Decline { secure_id: link.secure_id.clone(), key: Some(link.key.clone()), by: None };
    let caller = LinkCaller::Anonymous(Some(link.secure_id.clone()));
    let Parsed { input: call, not_understood } =
        usher_http_kit::call(request.context.clone(), caller, key, Ok::<_, Page>(command));
    let title = &sent.open.opened.account_title;
    // Redirects to the link, whose page shows the decline and can take it back.
    let outcome = request.app.links().decline(call, Arc::new(|()| page::see_other())).await;
    let response =
        failure::response(outcome, not_understood, |error| not_declined(title, request.settings, error));
    page::located(response, &link.address())
}

/// The page of a decline that was rejected. The link was open a moment ago: most of these errors are races.
fn not_declined(title: &DisplayText, settings: &PageSettings, error: DeclineError) -> Page {
    let title = title.clone();
    let ended = match error {
        DeclineError::NotFound | DeclineError::NotProven(_) | DeclineError::Ended(Status::Pending) => {
            return failure::unknown_link();
        }
        DeclineError::Store(error) => return failure::store(&error),
        DeclineError::Replaced => Ended::Replaced,
        DeclineError::Ended(Status::Accepted) => Ended::Accepted(title),
        DeclineError::Ended(Status::Declined) => Ended::Declined(title),
        DeclineError::Ended(Status::Revoked) => Ended::Revoked(title),
        DeclineError::Ended(Status::Expired) => Ended::Expired(title),
    };
    ended.page(settings)
}
