//! Errors in the form that Landscape's clients read.
//!
//! Each error of a use case is mapped here, with an exhaustive match, to a status, a code and a message.

mod application;
mod request;
mod use_case;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use serde_json::Value;
use usher_domain::idempotency::Answer;
use usher_http_kit::{challenge::Challenge, json::Problems};
use utoipa::ToSchema;

/// An error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ErrorResponse {
    /// Always null.
    #[schema(required)]
    detail: Option<&'static str>,
    /// The code: stable, for programs.
    #[schema(example = "BadRequest")]
    error: &'static str,
    /// What is wrong, and what to change: for people.
    message: String,
}

/// An error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    body: ErrorResponse,
    /// Seconds.
    retry_after: Option<i64>,
    /// What a 401 asks for.
    challenge: Challenge,
}

#[expect(clippy::needless_pass_by_value, reason = "errors and format_args! are handed over as they come")]
impl Problem {
    fn new(status: StatusCode, error: &'static str, message: impl ToString) -> Self {
        let body = ErrorResponse { detail: None, error, message: message.to_string() };
        Self { status, body, retry_after: None, challenge: Challenge::default() }
    }

    pub(crate) fn bad_request(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn invalid_email(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidEmailAddress", message)
    }

    pub(crate) fn unauthorized(message: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    pub(crate) fn token_rejected(message: impl ToString, challenge: Challenge) -> Self {
        Self { challenge, ..Self::unauthorized(message) }
    }

    pub(crate) fn forbidden(message: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    pub(crate) fn not_found(message: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "this resource does not know the method of the request",
        )
    }

    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            "send the body as JSON with the header `Content-Type: application/json`",
        )
    }

    /// Members of a body are missing or wrong.
    pub(crate) fn members(problems: &Problems) -> Self {
        let error = if problems.any_missing() { "MissingParameter" } else { "BadRequest" };
        Self::new(StatusCode::BAD_REQUEST, error, problems)
    }

    /// Several problems in one response: the code of the first, and the messages of all.
    pub(crate) fn joined(problems: impl Iterator<Item = Self>) -> Self {
        let both = |mut first: Self, next: Self| {
            first.body.message = format!("{}; {}", first.body.message, next.body.message);
            first
        };
        problems.reduce(both).unwrap_or_else(|| Self::bad_request("the request cannot be understood"))
    }

    fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            "something is wrong on our side; quote the X-Request-Id of this answer",
        )
    }

    fn unavailable(message: impl ToString) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message)
    }

    fn too_many_requests(message: impl ToString) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
    }

    fn not_proven(message: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "MailboxNotProven", message)
    }

    fn gone(error: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::GONE, error, message)
    }

    fn conflict(error: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, error, message)
    }

    fn repeated(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "RepeatedInvitation", message)
    }

    /// Returns the problem as the answer of a write, without its headers.
    pub(crate) fn answer(&self) -> Answer {
        let (error, message) = (Value::from(self.body.error), Value::from(self.body.message.as_str()));
        // A `Value` can always be written as text, unlike a type with its own `Serialize`.
        let body = format!(r#"{{"detail":null,"error":{error},"message":{message}}}"#);
        Answer { status: self.status.as_u16(), content_type: Some("application/json".to_owned()), body }
    }

    fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.body.error, self.body.message)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, self.challenge.header()));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(&self.body)
    }
}

#[cfg(test)]
mod tests;
