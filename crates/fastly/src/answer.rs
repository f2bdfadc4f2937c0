use actix_web::{
    HttpResponse, ResponseError as _,
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
};
use serde::Serialize;
use usher_domain::idempotency::Answer;

use super::error::Problem;
use crate::http::{idempotency::Answered, unit::Counted};

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

/// 200 with a JSON:API document, to a write.
pub(super) fn written(body: &impl Serialize) -> Answer {
    rendered(JSON_API, body)
}

/// 200 with plain JSON, to a write.
pub(super) fn written_plainly(body: &impl Serialize) -> Answer {
    rendered("application/json", body)
}

fn rendered(content_type: &'static str, body: &impl Serialize) -> Answer {
    // Writing JSON fails for maps without text as keys only, and no type of the dialect has a map.
    let body = serde_json::to_string(body).unwrap_or_default();
    Answer { status: 200, content_type: Some(content_type.to_owned()), body }
}

/// 204.
pub(super) fn nothing() -> Answer {
    Answer { status: 204, content_type: None, body: String::new() }
}

/// The answer to a write, with where its writer stands: also when the write was refused. Clients parse the figures as
/// unsigned integers and take their absence, nothing else.
pub(super) fn counted(outcome: Result<Counted<Answered>, Counted<Problem>>) -> HttpResponse {
    let (mut response, quota) = match outcome {
        Ok(done) => (answered(done.value), done.quota),
        Err(refused) => (refused.value.error_response(), refused.quota),
    };
    if let Some(quota) = quota {
        let headers = response.headers_mut();
        headers.insert(REMAINING, quota.remaining().into());
        headers.insert(RESET, quota.resets_at.timestamp().into());
    }
    response
}

fn answered(answered: Answered) -> HttpResponse {
    let has_content = answered.answer.content_type.is_some();
    let mut response = answered.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if has_content {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}
