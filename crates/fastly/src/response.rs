//! Responses to successful requests, and the headers that each response to a write carries.

use actix_web::{
    HttpResponse, ResponseError as _,
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
};
use serde::Serialize;
use usher_app::{Reply, telemetry};
use usher_domain::{idempotency::Answer, port::StoreError, quota::Quota};
use usher_http_kit::reply;

use crate::error::FastlyProblem;

/// Without parameters: Fastly's own responses have none, and one of its clients requires that.
const JSON_API: &str = "application/vnd.api+json";

/// Fastly's older operations use plain JSON.
const PLAIN_JSON: &str = "application/json";

const REMAINING: HeaderName = HeaderName::from_static("fastly-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("fastly-ratelimit-reset");

/// 200 with a JSON:API document, to a read.
pub(crate) fn document(body: &impl Serialize) -> Result<HttpResponse, FastlyProblem> {
    read_response(JSON_API, body)
}

/// 200 with plain JSON, to a read.
pub(crate) fn plain(body: &impl Serialize) -> Result<HttpResponse, FastlyProblem> {
    read_response(PLAIN_JSON, body)
}

fn read_response(content_type: &'static str, body: &impl Serialize) -> Result<HttpResponse, FastlyProblem> {
    let body = serialized(body)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store"));
    response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Ok(response.content_type(content_type).body(body))
}

/// 200 with a JSON:API document, to a write.
pub(crate) fn written_document(body: &impl Serialize) -> Answer {
    written(JSON_API, body)
}

/// 200 with plain JSON, to a write.
pub(crate) fn written_plain(body: &impl Serialize) -> Answer {
    written(PLAIN_JSON, body)
}

/// The write is done when its response is rendered. A body that cannot be serialized becomes a 500, which is then also the
/// stored answer of an idempotency key.
fn written(content_type: &str, body: &impl Serialize) -> Answer {
    match serialized(body) {
        Ok(body) => Answer { status: 200, content_type: Some(content_type.to_owned()), body },
        Err(problem) => Answer {
            status: problem.status().as_u16(),
            content_type: Some(PLAIN_JSON.to_owned()),
            body: problem.to_json(),
        },
    }
}

/// 204, to a write.
pub(crate) fn no_content() -> Answer {
    Answer { status: 204, content_type: None, body: String::new() }
}

/// The response to a write, with the writer's write-limit figures, even if the write was rejected. Clients parse the
/// figures as unsigned integers and accept their absence, but nothing else.
pub(crate) fn write_response(result: Result<Reply, FastlyProblem>, quota: Option<Quota>) -> HttpResponse {
    let mut response = match result {
        Ok(reply) => replied(reply),
        Err(problem) => problem.error_response(),
    };
    if let Some(quota) = quota {
        let headers = response.headers_mut();
        headers.insert(REMAINING, quota.remaining().into());
        headers.insert(RESET, quota.resets_at.timestamp().into());
    }
    response
}

fn replied(reply: Reply) -> HttpResponse {
    let has_content = reply.answer.content_type.is_some();
    let mut response = reply::response(reply);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if has_content {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}

/// Serialization to JSON fails only for maps whose keys are not strings. No type of the dialect has a map, so a failure
/// is a defect.
fn serialized(body: &impl Serialize) -> Result<String, FastlyProblem> {
    serde_json::to_string(body).map_err(|error| {
        let defect = StoreError::defect(format!("a response cannot be serialized: {error}"));
        telemetry::defect("fastly.respond", &defect);
        defect.into()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_body_that_cannot_be_serialized_is_an_internal_error() {
        let body = BTreeMap::from([((1, 2), "a key that is no text")]);
        assert_eq!(document(&body).unwrap_err(), FastlyProblem::internal());
        let answer = written_document(&body);
        assert_eq!((answer.status, answer.content_type.as_deref()), (500, Some("application/json")));
        assert_eq!(
            answer.body,
            r#"{"msg":"Internal server error","detail":"something is wrong on our side; quote the X-Request-Id of this answer"}"#
        );
    }
}
