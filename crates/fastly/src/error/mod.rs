//! Every answer that is no success.

mod refusals;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS},
    },
};
use serde_json::Value;
use utoipa::ToSchema;

/// Characters of an id that an answer repeats: enough for every id that Usher ever gave out.
const MOST_OF_AN_ID: usize = 64;

/// What Fastly's clients read when something went wrong. The type is plain `application/json`, by which they choose it.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub(crate) struct ErrorBody {
    /// The kind of trouble; the same for every trouble of the kind.
    msg: &'static str,
    /// What was wrong, and what to change.
    detail: String,
}

/// An error as Fastly's clients read it: `{"msg": "…", "detail": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FastlyProblem {
    status: StatusCode,
    body: ErrorBody,
    /// Seconds.
    retry_after: Option<i64>,
}

#[expect(clippy::needless_pass_by_value, reason = "errors and format_args! are handed over as they come")]
impl FastlyProblem {
    fn new(status: StatusCode, msg: &'static str, detail: impl ToString) -> Self {
        Self { status, body: ErrorBody { msg, detail: detail.to_string() }, retry_after: None }
    }

    /// 400: the request says something that cannot be.
    pub(crate) fn bad_request(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad request", detail)
    }

    /// 401: nobody is behind the credentials.
    pub(crate) fn unauthorized(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Provided credentials are missing or invalid", detail)
    }

    /// 403: who asks may not.
    pub(crate) fn forbidden(detail: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    /// 404: there is no such thing, or not for who asks.
    pub(crate) fn not_found(detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Record not found", detail)
    }

    /// 404 for an id that names no invitation of the account.
    #[must_use]
    pub(crate) fn no_invitation(id: &str) -> Self {
        let id: String = id.chars().take(MOST_OF_AN_ID).collect();
        Self::not_found(format_args!("Cannot find invitation '{id}'"))
    }

    /// 405.
    #[must_use]
    pub(crate) fn method_not_allowed() -> Self {
        let detail =
            "this resource does not know the method of the request; the header Allow lists those it knows";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", detail)
    }

    /// 409: it is there already.
    pub(crate) fn duplicate(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "Duplicate record", detail)
    }

    /// 409: the same request is being worked on; come back after so many seconds.
    pub(crate) fn in_progress(detail: impl ToString, seconds: i64) -> Self {
        Self::new(StatusCode::CONFLICT, "Request in progress", detail).retry_after(seconds)
    }

    /// 422: the idempotency key is another request's.
    pub(crate) fn key_reused(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused", detail)
    }

    /// 410: it was there, and what became of it.
    pub(crate) fn gone(detail: impl ToString) -> Self {
        Self::new(StatusCode::GONE, "Gone", detail)
    }

    /// 429: too often; come back after so many seconds.
    pub(crate) fn too_many(detail: impl ToString, seconds: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", detail).retry_after(seconds)
    }

    /// 429: the writes of this hour are used up; the next hour begins in so many seconds.
    pub(crate) fn hourly_limit(detail: impl ToString, seconds: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Hourly rate limit exceeded", detail).retry_after(seconds)
    }

    /// 500: the log has the rest.
    #[must_use]
    pub(crate) fn internal() -> Self {
        let detail = "something is wrong on our side; quote the X-Request-Id of this answer";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", detail)
    }

    /// 503: come back after so many seconds.
    pub(crate) fn unavailable(detail: impl ToString, seconds: i64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable", detail).retry_after(seconds)
    }

    /// The status that it is answered with.
    #[must_use]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The body.
    pub(crate) fn to_json(&self) -> String {
        let ErrorBody { msg, detail } = &self.body;
        format!(r#"{{"msg":{},"detail":{}}}"#, Value::from(*msg), Value::from(detail.as_str()))
    }

    fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

impl std::fmt::Display for FastlyProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.body.msg, self.body.detail)
    }
}

impl ResponseError for FastlyProblem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, r#"Bearer realm="usher""#));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.content_type("application/json").body(self.to_json())
    }
}

#[cfg(test)]
mod tests;
