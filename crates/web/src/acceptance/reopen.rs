//! Taking a decline back.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use usher_app::{IdempotencyKey, LinkCaller};
use usher_domain::{
    Timestamp,
    invitation::Status,
    text::DisplayText,
    usecase::reopen::{Reopen, ReopenError},
};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{
    ended::Ended,
    failure,
    form::Form,
    labels::{self, Expiry},
    link::Link,
    mails_form::MailsForm,
    notice::{Notice, Tone},
    page_request::PageRequest,
    repeat::repeat,
};
use crate::page::{self, Page};

/// A declined invitation that its holder can reopen. Not `Debug`: it holds the key.
pub(super) struct ReopenableLink {
    pub(super) link: Link,
    pub(super) account_title: DisplayText,
    pub(super) expires_at: Timestamp,
    pub(super) mails: Option<MailsForm>,
}

/// Its page, as the template takes it. Not `Debug`: it holds the key.
#[derive(Serialize)]
struct DeclinedPage<'a> {
    account_title: &'a str,
    secure_id: &'a str,
    key: &'a str,
    expiry: Expiry,
    mails: Option<&'a MailsForm>,
}

impl ReopenableLink {
    /// The page of the declined invitation, with the form that reopens it. Like every ended invitation it is 410.
    pub(super) fn page(&self, now: Timestamp) -> Page {
        let page = DeclinedPage {
            account_title: self.account_title.as_str(),
            secure_id: self.link.secure_id.as_str(),
            key: &self.link.key,
            expiry: labels::expiry(self.expires_at, now),
            mails: self.mails.as_ref(),
        };
        Page::new(StatusCode::GONE, "declined.html", page)
    }

    /// Handles a form. Any other form than the one of [`Self::page`] gets the page.
    pub(super) async fn submit(
        &self,
        request: &PageRequest<'_>,
        form: &Form,
        key: Result<Option<IdempotencyKey>, HeaderError>,
    ) -> Result<HttpResponse, Page> {
        let page = || self.page(request.app.now());
        if form.get("action") != Some("reopen") {
            let Ok(Some(key)) = key else { return Err(page()) };
            return repeat(request, &self.link, form, key, page).await;
        }
        let Link { secure_id, key: link_key } = &self.link;
        let command = Reopen { secure_id: secure_id.clone(), key: link_key.clone() };
        let caller = LinkCaller::Anonymous(Some(secure_id.clone()));
        let Parsed { input: call, not_understood } =
            usher_http_kit::call(request.context.clone(), caller, key, Ok::<_, Page>(command));
        let outcome = request.app.links().reopen(call, Arc::new(|()| page::see_other())).await;
        let response = failure::response(outcome, not_understood, |error| self.not_reopened(request, error));
        Ok(page::located(response, &self.link.address()))
    }

    /// The link was declined a moment ago: all of these errors but the newer invitation are races.
    fn not_reopened(&self, request: &PageRequest<'_>, error: ReopenError) -> Page {
        let title = self.account_title.clone();
        let ended = match error {
            ReopenError::Store(error) => return failure::store(&error),
            ReopenError::NewerInvitation => return newer_invitation(),
            ReopenError::NotFound | ReopenError::NotDeclined(Status::Pending | Status::Declined) => {
                return failure::unknown_link();
            }
            ReopenError::Replaced => Ended::Replaced,
            ReopenError::NotDeclined(Status::Accepted) => Ended::Accepted(title),
            ReopenError::NotDeclined(Status::Revoked) => Ended::Revoked(title),
            ReopenError::NotDeclined(Status::Expired) => Ended::Expired(title),
        };
        ended.page(request.settings)
    }
}

fn newer_invitation() -> Page {
    Notice::new(Tone::Plain, "A newer invitation was sent")
        .paragraph("You were invited to this account again. Open the link in the newest mail.")
        .page(StatusCode::CONFLICT)
}
