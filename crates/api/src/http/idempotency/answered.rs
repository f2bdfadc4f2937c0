use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderValue},
};
use usher_domain::idempotency::Answer;

use super::IDEMPOTENCY_REPLAYED;

/// The answer to a write, and whether it was given before.
#[derive(Debug)]
pub struct Answered {
    /// As it is stored, where the request came with a key.
    pub answer: Answer,
    /// Nothing was done: the same request got this answer before.
    pub replayed: bool,
}

impl Answered {
    /// As a response, without the headers that every answer of a dialect has.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        let Answer { status, content_type, body } = self.answer;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if self.replayed {
            response.insert_header((IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true")));
        }
        match content_type {
            Some(content_type) => response.content_type(content_type).body(body),
            None => response.finish(),
        }
    }
}
