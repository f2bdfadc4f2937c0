//! Responses to writes.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderValue},
};
use usher_app::Reply;
use usher_domain::idempotency::Answer;

use crate::idempotency_key::IDEMPOTENCY_REPLAYED;

/// Returns the response of a reply, without the headers of the dialect.
#[must_use]
pub fn response(reply: Reply) -> HttpResponse {
    let Answer { status, content_type, body } = reply.answer;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if reply.replayed {
        response.insert_header((IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true")));
    }
    match content_type {
        Some(content_type) => response.content_type(content_type).body(body),
        None => response.finish(),
    }
}
