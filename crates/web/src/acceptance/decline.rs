use std::sync::Arc;

use actix_web::HttpResponse;
use usher_app::{IdempotencyKey, LinkCaller, Render};
use usher_domain::{
    invitation::Status,
    text::DisplayText,
    usecase::decline::{Decline, DeclineError},
};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{ended::Ended, failure, result_pages, sent_form::SentForm, settings::PageSettings};
use crate::page::Page;

/// Declines an open invitation. The key of the link is enough.
pub(super) async fn decline(
    sent: &SentForm<'_>,
    key: Result<Option<IdempotencyKey>, HeaderError>,
) -> HttpResponse {
    let (request, link) = (sent.request, &sent.open.link);
    let command = Decline { secure_id: link.secure_id.clone(), key: Some(link.key.clone()), by: None };
    let caller = LinkCaller::Anonymous(Some(link.secure_id.clone()));
    let Parsed { input: call, not_understood } =
        usher_http_kit::call(request.context.clone(), caller, key, Ok::<_, Page>(command));
    let title = &sent.open.opened.account_title;
    let outcome = request.app.links().decline(call, render(title.clone())).await;
    failure::response(outcome, not_understood, |error| not_declined(title, request.settings, error))
}

/// Renders a success.
fn render(title: DisplayText) -> Render<()> {
    Arc::new(move |()| result_pages::declined(&title).answer())
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
