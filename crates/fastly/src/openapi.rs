//! The dialect as an OpenAPI document, made of the types that speak it.

use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        HeaderBuilder, ObjectBuilder, PathItem, RefOr, Response,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{acceptance, error::ErrorBody, invitations, people};

/// What every operation of a caller can be answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum Refused {
    /// No token, or not a good one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// Busy: try again after `Retry-After`, nothing is done twice.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// What every write of a caller can be answered besides.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum RefusedWrite {
    /// The `Idempotency-Key` came with another request before.
    #[response(status = 422)]
    KeyReused(ErrorBody),
    /// The write limit of the hour is reached: try again after `Retry-After`.
    #[response(status = 429)]
    TooMany(ErrorBody),
}

/// OpenAPI 3.1 of every operation of the dialect.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Usher: Fastly's dialect",
        description = "Invitations as Fastly's clients speak them. Paths hang off the root. Errors are `{\"msg\", \"detail\"}`; \
                       answers to writes carry `Fastly-RateLimit-Remaining` and `Fastly-RateLimit-Reset` when there is a \
                       write limit. A write with an `Idempotency-Key` can be sent again without being done again.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        invitations::list,
        invitations::create,
        invitations::delete,
        people::current_user,
        people::service_authorizations,
        acceptance::accept
    ),
    security(("fastly_key" = []), ("bearer" = [])),
    modifiers(&Credentials, &AnswerHeaders, &IdempotencyKeys)
)]
pub struct Description;

/// Headers that go with a status or with every write: said once, and not beside each answer.
struct AnswerHeaders;

impl Modify for AnswerHeaders {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let PathItem { get, post, put, delete, .. } = item;
            get.iter_mut().for_each(of_statuses);
            for write in [post, put, delete].into_iter().flatten() {
                of_statuses(write);
                of_the_limit(write);
            }
        }
    }
}

fn of_statuses(operation: &mut Operation) {
    for (status, response) in responses(operation) {
        match status.as_str() {
            "401" => add(response, "WWW-Authenticate", Type::String, "How to send a token"),
            "409" => add(response, "Retry-After", Type::Integer, "With a key in flight: seconds to wait"),
            "429" | "503" => add(response, "Retry-After", Type::Integer, "Seconds to wait"),
            _ => {}
        }
    }
}

/// Where the writer stands; with 401 there is none.
fn of_the_limit(write: &mut Operation) {
    for (_, response) in responses(write).filter(|(status, _)| *status != "401") {
        let remaining = "Writes that are left in this hour, when there is a limit and a known writer";
        add(response, "Fastly-RateLimit-Remaining", Type::Integer, remaining);
        add(response, "Fastly-RateLimit-Reset", Type::Integer, "When the hour ends, in epoch seconds");
    }
}

/// The key of every write, and what tells that its answer was given before.
struct IdempotencyKeys;

impl Modify for IdempotencyKeys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let PathItem { post, put, delete, .. } = item;
            for write in [post, put, delete].into_iter().flatten() {
                write.parameters.get_or_insert_default().push(RefOr::T(key().build()));
                for (_, response) in responses(write).filter(|(status, _)| status.starts_with('2')) {
                    let replayed = "`true` when nothing was done: the same request got this answer before";
                    add(response, "Idempotency-Replayed", Type::String, replayed);
                }
            }
        }
    }
}

fn key() -> ParameterBuilder {
    let form = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).min_length(Some(1));
    let description = "The same request with the same key is done once: within 24 hours its first answer is given again. 1 to \
                       255 visible ASCII characters, as they are or in double quotes";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .schema(Some(form))
        .description(Some(description))
}

fn responses(operation: &mut Operation) -> impl Iterator<Item = (&String, &mut Response)> {
    operation.responses.responses.iter_mut().filter_map(|(status, response)| match response {
        RefOr::T(response) => Some((status, response)),
        RefOr::Ref(_) => None,
    })
}

fn add(response: &mut Response, name: &str, kind: Type, description: &str) {
    let schema = ObjectBuilder::new().schema_type(SchemaType::new(kind));
    let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "Fastly-Key",
            "An access token (`usher access-token create`), or a JWT",
        )));
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The same tokens")).build();
        components.add_security_scheme("fastly_key", key);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

#[cfg(test)]
mod tests;
