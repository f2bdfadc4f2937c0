//! Errors as Landscape's clients read them.
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
use serde_json::json;
use usher_http_kit::json::FieldProblem;

/// An error as Landscape's clients read it: `{"error": "CodeName", "message": "…", "detail": null}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    error: &'static str,
    message: String,
    retry_after: Option<i64>,
}

#[expect(clippy::needless_pass_by_value, reason = "errors and format_args! are handed over as they come")]
impl Problem {
    fn new(status: StatusCode, error: &'static str, message: impl ToString) -> Self {
        Self { status, error, message: message.to_string(), retry_after: None }
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

    /// What is wrong with the fields of a body; `MissingParameter` when any is missing.
    pub(crate) fn fields(problems: &[FieldProblem]) -> Self {
        let missing = problems.iter().any(|problem| matches!(problem, FieldProblem::Missing(_)));
        let error = if missing { "MissingParameter" } else { "BadRequest" };
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Self::new(StatusCode::BAD_REQUEST, error, texts.join("; "))
    }

    /// Several problems in one answer: the code of the first, and what all of them say.
    pub(crate) fn joined(problems: impl Iterator<Item = Self>) -> Self {
        let both = |first: Self, next: Self| Self {
            message: format!("{}; {}", first.message, next.message),
            ..first
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

    fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.error, self.message)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, r#"Bearer realm="usher""#));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(json!({ "error": self.error, "message": self.message, "detail": null }))
    }
}
