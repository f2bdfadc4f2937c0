//! Pages of requests that failed or were rejected before their use case.

use actix_web::{HttpResponse, http::StatusCode};
use usher_app::{Outcome, PasswordError, Rejection, telemetry};
use usher_domain::{
    port::{StoreError, store::UnitError},
    quota::TooManyWrites,
    usecase::idempotency::KeyError,
};
use usher_http_kit::{idempotency_key::HeaderError, link_lookups::TooManyLookups};

use super::{
    form::UnreadableForm,
    notice::{Notice, Tone},
};
use crate::page::{self, Page};

/// When to try again after a temporary failure, in seconds.
const PAUSE: i64 = 5;

/// The response to a write. `rejected` makes the page for an error of the use case that is not a failure of the store.
pub(super) fn response<E: UnitError>(
    outcome: Outcome<E>,
    not_understood: Option<Page>,
    rejected: impl FnOnce(E) -> Page,
) -> HttpResponse {
    let rejection = match outcome.result {
        Ok(reply) => return page::response(reply),
        Err(rejection) => rejection,
    };
    if let Some(error) = rejection.store_error() {
        return store(error).into();
    }
    let page = match rejection {
        Rejection::WriteLimit(TooManyWrites(quota)) => write_limit(quota.resets_in),
        Rejection::Key(error) => idempotency_key(&error),
        Rejection::UseCase(error) => rejected(error),
        Rejection::NotUnderstood => not_understood.unwrap_or_else(|| defect("no reason for a rejection")),
        Rejection::Caller(error) => defect(&error.to_string()),
    };
    page.into()
}

/// The same page for every link without the right key: nothing in it may depend on the invitation.
pub(super) fn unknown_link() -> Page {
    Notice::new(Tone::Bad, "This link does not work")
        .paragraph("Mail programs sometimes break long links. Open the link in the mail again, or copy the whole link.")
        .paragraph("If it still does not work, ask the person who invited you for a new invitation.")
        .page(StatusCode::NOT_FOUND)
}

/// The page of a failed unit of work. It says whether to try again; the log says why it failed.
pub(super) fn store(error: &StoreError) -> Page {
    if error.is_transient() { busy() } else { internal_error() }
}

/// Too many requests at once, or no database.
pub(super) fn busy() -> Page {
    Notice::new(Tone::Bad, "Please try again in a moment")
        .paragraph("The service is busy or cannot reach its database right now. Your invitation is not lost: the link in the mail keeps working.")
        .page(StatusCode::SERVICE_UNAVAILABLE)
        .retry_after(PAUSE)
}

/// The page of a password that could not be checked, where there is no form to show again.
pub(super) fn password_not_checked(error: &PasswordError) -> Page {
    match error {
        PasswordError::Busy => busy(),
        PasswordError::TooManyFailures { seconds } => Notice::new(Tone::Bad, "Too many failed logins")
            .paragraph(format!("Try again in {}.", minutes(i64::from(*seconds))))
            .page(StatusCode::TOO_MANY_REQUESTS)
            .retry_after(i64::from(*seconds)),
        PasswordError::Store(error) => store(error),
    }
}

/// The page of a form that cannot be read. It precedes the check of the link, so it is the same for every link.
pub(super) fn unreadable_form(error: UnreadableForm) -> Page {
    let (status, heading) = match error {
        UnreadableForm::Format => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The form came in an unknown format"),
        UnreadableForm::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The form is too large"),
        UnreadableForm::TimedOut => (StatusCode::REQUEST_TIMEOUT, "The form took too long to arrive"),
        UnreadableForm::Broken => (StatusCode::BAD_REQUEST, "The form could not be read"),
    };
    let page = Notice::new(Tone::Bad, heading)
        .paragraph("Nothing was changed. Open the link in the mail again, and send the form from there.")
        .page(status);
    match error {
        UnreadableForm::TooLarge | UnreadableForm::TimedOut => page.close_connection(),
        UnreadableForm::Format | UnreadableForm::Broken => page,
    }
}

/// For methods other than `GET`, `HEAD` and `POST`.
pub(super) fn method_not_allowed() -> Page {
    Notice::new(Tone::Bad, "This page cannot be used this way")
        .paragraph("Open the link in the mail with a browser.")
        .page(StatusCode::METHOD_NOT_ALLOWED)
}

/// A duration in minutes, rounded up.
pub(super) fn minutes(seconds: i64) -> String {
    match (seconds + 59) / 60 {
        ..=1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// The same page for every link, because no link was looked up.
pub(super) fn too_many_lookups(error: TooManyLookups) -> Page {
    Notice::new(Tone::Bad, "Please try again in a moment")
        .paragraph("Too many links that do not work were opened from your network. Your invitation is not lost: the link in the mail keeps working.")
        .paragraph(format!("Try again in {}.", minutes(error.retry_after)))
        .page(StatusCode::TOO_MANY_REQUESTS)
        .retry_after(error.retry_after)
}

fn write_limit(resets_in: i64) -> Page {
    Notice::new(Tone::Bad, "Too many changes in one hour")
        .paragraph("Nothing was changed: this login has reached its limit of changes for this hour.")
        .paragraph(format!("The link in the mail keeps working. Try again in {}.", minutes(resets_in)))
        .page(StatusCode::TOO_MANY_REQUESTS)
        .retry_after(resets_in)
}

fn idempotency_key(error: &KeyError) -> Page {
    match error {
        KeyError::InFlight => Notice::new(Tone::Plain, "This form is already being processed")
            .paragraph("The same form arrived a moment ago. Send it again in a moment to see the result.")
            .page(StatusCode::CONFLICT)
            .retry_after(1),
        KeyError::OtherRequest => Notice::new(Tone::Bad, "The form could not be accepted")
            .paragraph("Nothing was changed: the Idempotency-Key was used for another form before. Send the form with a new key.")
            .page(StatusCode::UNPROCESSABLE_ENTITY),
        KeyError::Store(error) => store(error),
    }
}

impl From<HeaderError> for Page {
    fn from(error: HeaderError) -> Self {
        Notice::new(Tone::Bad, "The form could not be read")
            .paragraph(format!("Nothing was changed: {error}."))
            .page(StatusCode::BAD_REQUEST)
    }
}

fn defect(description: &str) -> Page {
    telemetry::defect("page.respond", &description);
    internal_error()
}

fn internal_error() -> Page {
    Notice::new(Tone::Bad, "Something is wrong on our side")
        .paragraph("The invitation was not changed. If it happens again, tell the person who invited you.")
        .page(StatusCode::INTERNAL_SERVER_ERROR)
}
