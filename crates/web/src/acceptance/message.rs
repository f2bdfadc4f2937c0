//! Pages without a form: one heading, and what to do next.

use actix_web::http::{
    StatusCode,
    header::{ALLOW, RETRY_AFTER},
};
use serde::Serialize;
use url::Url;
use usher_domain::port::StoreError;

use super::form::FormError;
use crate::http::page::Page;

/// How long to wait before trying again, in seconds.
const PAUSE: &str = "5";

/// How a message is meant; decides about its colour.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    /// It worked.
    Good,
    /// Nothing is wrong, nothing to do.
    Plain,
    /// It did not work.
    Bad,
}

/// What such a page says.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    tone: Tone,
    heading: String,
    paragraphs: Vec<String>,
    onward: Option<Onward>,
}

#[derive(Debug, Serialize)]
struct Onward {
    url: String,
    label: String,
}

impl Message {
    /// A heading alone.
    pub(super) fn new(tone: Tone, heading: impl Into<String>) -> Self {
        Self { tone, heading: heading.into(), paragraphs: Vec::new(), onward: None }
    }

    /// With one more paragraph.
    pub(super) fn and(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(paragraph.into());
        self
    }

    /// With a way on. It comes from the settings only, never from a request.
    pub(super) fn onward(mut self, url: Option<&Url>) -> Self {
        self.onward = url.map(|url| Onward {
            url: url.to_string(),
            label: url.host_str().map_or_else(|| "Continue".to_owned(), |host| format!("Continue to {host}")),
        });
        self
    }

    /// The page.
    pub(super) fn page(&self, status: StatusCode) -> Page {
        Page::new(status, "message.html", self)
    }
}

/// What every stranger sees, whatever the link names: nothing in it may depend on the invitation.
pub(super) fn unknown() -> Page {
    Message::new(Tone::Bad, "This link does not work")
        .and("Mail programs sometimes cut long links in two. Open the link in the mail once more, or copy the whole of it.")
        .and("If it still does not work, ask the person who invited you for a new invitation.")
        .page(StatusCode::NOT_FOUND)
}

/// The visitor learns whether to come back; the log has the rest.
pub(super) fn store(error: &StoreError) -> Page {
    match error {
        StoreError::Unavailable(_) | StoreError::Contended => busy(),
        StoreError::Conflict(_) | StoreError::Corrupt { .. } => {
            Message::new(Tone::Bad, "Something is wrong on our side")
                .and("The invitation was not changed. If it happens again, tell the person who invited you.")
                .page(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Too much to do at once, or no database.
pub(super) fn busy() -> Page {
    Message::new(Tone::Bad, "Please try again in a moment")
        .and("The service is busy or cannot reach its database right now. Your invitation is not lost: the link in the mail keeps working.")
        .page(StatusCode::SERVICE_UNAVAILABLE)
        .with(RETRY_AFTER, PAUSE)
}

/// A form that cannot be read. Said before the link is judged, and so the same for every link.
pub(super) fn unreadable(error: FormError) -> Page {
    let (status, heading) = match error {
        FormError::Format => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The form came in an unknown format"),
        FormError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The form is too large"),
        FormError::TimedOut => (StatusCode::REQUEST_TIMEOUT, "The form took too long to arrive"),
        FormError::Broken => (StatusCode::BAD_REQUEST, "The form could not be read"),
    };
    let page = Message::new(Tone::Bad, heading)
        .and("Nothing was changed. Open the link in the mail once more, and send the form from there.")
        .page(status);
    match error {
        FormError::TooLarge | FormError::TimedOut => page.closing(),
        FormError::Format | FormError::Broken => page,
    }
}

/// For everything but `GET`, `HEAD` and `POST`.
pub(super) fn method_not_allowed() -> Page {
    Message::new(Tone::Bad, "This page cannot be used like that")
        .and("Open the link in the mail with a browser.")
        .page(StatusCode::METHOD_NOT_ALLOWED)
        .with(ALLOW, "GET, HEAD, POST")
}
