use actix_web::{
    HttpResponse, ResponseError as _,
    http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS},
};
use serde::Serialize;

use super::error::Problem;
use crate::http::unit::Counted;

/// Without parameters: the vendor's own answers have none, and one of its clients insists.
const JSON_API: &str = "application/vnd.api+json";

const REMAINING: HeaderName = HeaderName::from_static("fastly-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("fastly-ratelimit-reset");

/// 200 with a JSON:API document.
pub(super) fn document(body: &impl Serialize) -> HttpResponse {
    ok(JSON_API, body)
}

/// 200 with plain JSON, as the vendor's older operations answer.
pub(super) fn plain(body: &impl Serialize) -> HttpResponse {
    ok("application/json", body)
}

fn ok(content_type: &'static str, body: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store"));
    response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    response.content_type(content_type).json(body)
}

/// 204.
pub(super) fn nothing() -> HttpResponse {
    HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// The answer to a write, with where its writer stands: also when the write was refused. Clients parse the figures as
/// unsigned integers and take their absence, nothing else.
pub(super) fn counted(outcome: Result<Counted<HttpResponse>, Counted<Problem>>) -> HttpResponse {
    let (mut response, quota) = match outcome {
        Ok(done) => (done.value, done.quota),
        Err(refused) => (refused.value.error_response(), refused.quota),
    };
    if let Some(quota) = quota {
        let headers = response.headers_mut();
        headers.insert(REMAINING, quota.remaining().into());
        headers.insert(RESET, quota.resets_at.timestamp().into());
    }
    response
}
