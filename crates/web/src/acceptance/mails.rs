//! Whether the invitee wants invitations at all, in two steps: a form asks for a choice, and the second form stores it.
//!
//! No choice is preset, and the choice that comes first keeps things as they are, so mail checkers that submit forms change
//! nothing: see [`super::decline`]. The link that blocks its mailbox can also end the block, until the invitation expires.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use usher_app::{IdempotencyKey, LinkCaller};
use usher_domain::usecase::choose_mails::{ChooseMails, ChooseMailsError};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{failure, form::Form, link::Link, mails_form::MailsForm, page_request::PageRequest};
use crate::page::{self, Page};

/// The value of the field `action` in both forms.
pub(super) const ACTION: &str = "mails";

/// The page that asks for the choice, as its template takes it. Not `Debug`: it holds the key.
#[derive(Serialize)]
struct ChoicePage<'a> {
    mails: &'a MailsForm,
    confirmation: String,
    /// Whether the form was sent without a choice.
    has_error: bool,
}

/// A form that was sent from the page of a link that can choose.
pub(super) struct SentChoice<'a> {
    pub(super) request: &'a PageRequest<'a>,
    pub(super) link: &'a Link,
    pub(super) mails: &'a MailsForm,
    pub(super) form: &'a Form,
}

impl SentChoice<'_> {
    /// Takes one of the two steps. The key of the link is enough.
    pub(super) async fn handle(&self, key: Result<Option<IdempotencyKey>, HeaderError>) -> HttpResponse {
        let links = self.request.app.links();
        let confirmation = self.form.get("confirmation");
        let is_confirmed = confirmation.is_some_and(|text| links.is_confirmation(&self.link.secure_id, text));
        match (is_confirmed, self.form.get("choice")) {
            (false, _) => self.ask(false).into(),
            (true, Some("allow")) => self.choose(false, key).await,
            (true, Some("block")) => self.choose(true, key).await,
            (true, _) => self.ask(true).into(),
        }
    }

    fn ask(&self, has_error: bool) -> Page {
        let confirmation = self.request.app.links().confirmation(&self.link.secure_id);
        let page = ChoicePage { mails: self.mails, confirmation, has_error };
        let status = if has_error { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Page::new(status, "mails.html", page)
    }

    /// Stores the choice, and redirects to the link, whose page shows it and can change it.
    async fn choose(&self, blocked: bool, key: Result<Option<IdempotencyKey>, HeaderError>) -> HttpResponse {
        let Link { secure_id, key: link_key } = self.link;
        let command = ChooseMails { secure_id: secure_id.clone(), key: link_key.clone(), blocked };
        let caller = LinkCaller::Anonymous(Some(secure_id.clone()));
        let Parsed { input: call, not_understood } =
            usher_http_kit::call(self.request.context.clone(), caller, key, Ok::<_, Page>(command));
        let outcome = self.request.app.links().choose_mails(call, Arc::new(|()| page::see_other())).await;
        let response = failure::response(outcome, not_understood, |error| match error {
            ChooseMailsError::Store(error) => failure::store(&error),
            // The link could choose a moment ago.
            ChooseMailsError::NotFound => failure::unknown_link(),
        });
        page::located(response, &self.link.address())
    }
}
