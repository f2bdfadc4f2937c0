//! Errors in the form of the dialect: `{"msg": "…", "detail": "…"}`.

mod common;
mod conversions;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS},
    },
};
use serde_json::Value;
use usher_http_kit::{challenge::Challenge, repeated};
use utoipa::ToSchema;

pub(crate) use common::{CommonErrors, CommonWriteErrors};

/// The body of an error. Its content type is `application/json`: Fastly's clients choose their model by it.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub(crate) struct ErrorBody {
    /// The kind of the error.
    #[schema(example = "Bad request")]
    msg: &'static str,
    /// The cause, and what to change.
    #[schema(example = "data.attributes.email is missing")]
    detail: String,
}

/// An error in the form of the dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FastlyProblem {
    status: StatusCode,
    body: ErrorBody,
    /// Seconds.
    retry_after: Option<i64>,
    /// What a 401 asks for.
    challenge: Challenge,
}

#[expect(clippy::needless_pass_by_value, reason = "callers pass errors and format_args! as they are")]
impl FastlyProblem {
    fn new(status: StatusCode, msg: &'static str, detail: impl ToString) -> Self {
        let body = ErrorBody { msg, detail: detail.to_string() };
        Self { status, body, retry_after: None, challenge: Challenge::default() }
    }

    /// 400: the request is malformed.
    pub(crate) fn bad_request(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad request", detail)
    }

    /// 401: the token is missing.
    pub(crate) fn unauthorized(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Provided credentials are missing or invalid", detail)
    }

    /// 401: the presented token was rejected.
    pub(crate) fn token_rejected(detail: impl ToString, challenge: Challenge) -> Self {
        Self { challenge, ..Self::unauthorized(detail) }
    }

    /// 403: the caller lacks the permission.
    pub(crate) fn forbidden(detail: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    /// 404: the object does not exist, or the caller may not know of it.
    pub(crate) fn not_found(detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Record not found", detail)
    }

    /// 404: the account has no invitation with this id.
    #[must_use]
    pub(crate) fn no_invitation(id: &str) -> Self {
        Self::not_found(format_args!("Cannot find invitation '{}'", repeated(id)))
    }

    /// 405.
    #[must_use]
    pub(crate) fn method_not_allowed() -> Self {
        let detail =
            "this resource does not know the method of the request; the header Allow lists those it knows";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", detail)
    }

    /// 408: the body did not arrive in time.
    pub(crate) fn request_timeout(detail: impl ToString) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "Request timeout", detail)
    }

    /// 409: the object exists already.
    pub(crate) fn duplicate(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "Duplicate record", detail)
    }

    /// 409: the first request with the idempotency key is still running.
    pub(crate) fn in_progress(detail: impl ToString, retry_after: i64) -> Self {
        Self::new(StatusCode::CONFLICT, "Request in progress", detail).retry_after(retry_after)
    }

    /// 410: the invitation has ended.
    pub(crate) fn gone(detail: impl ToString) -> Self {
        Self::new(StatusCode::GONE, "Gone", detail)
    }

    /// 413: the body is too large.
    pub(crate) fn body_too_large(detail: impl ToString) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large", detail)
    }

    /// 422: the idempotency key was used for another request.
    pub(crate) fn key_reused(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused", detail)
    }

    /// 429: too many attempts.
    pub(crate) fn too_many(detail: impl ToString, retry_after: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", detail).retry_after(retry_after)
    }

    /// 429: the write limit of the hour is reached.
    pub(crate) fn hourly_limit(detail: impl ToString, retry_after: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Hourly rate limit exceeded", detail)
            .retry_after(retry_after)
    }

    /// 500: a defect. Only the log has the cause.
    #[must_use]
    pub(crate) fn internal() -> Self {
        let detail = "something is wrong on our side; quote the X-Request-Id of this answer";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", detail)
    }

    /// 503: the request can be repeated.
    pub(crate) fn unavailable(detail: impl ToString, retry_after: i64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable", detail).retry_after(retry_after)
    }

    /// The status of the response.
    #[must_use]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The body of the response. Written without serde's fallible API, because the error for a failed serialization has to be
    /// written too.
    pub(crate) fn to_json(&self) -> String {
        let ErrorBody { msg, detail } = &self.body;
        format!(r#"{{"msg":{},"detail":{}}}"#, Value::from(*msg), Value::from(detail.as_str()))
    }

    /// In seconds; at least one.
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
            response.insert_header((WWW_AUTHENTICATE, self.challenge.header()));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.content_type("application/json").body(self.to_json())
    }
}

#[cfg(test)]
mod tests;
