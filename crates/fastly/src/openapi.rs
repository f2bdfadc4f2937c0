//! The OpenAPI document, generated from the handlers and the types of the bodies.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        HeaderBuilder, ObjectBuilder, PathItem, RefOr, Response,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{acceptance, caller, invitations};

/// The OpenAPI 3.1 document of the dialect.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Usher: Fastly's dialect",
        description = "Invitations for Fastly's clients. Paths start at the root. Errors are `{\"msg\", \"detail\"}`. When there is a \
                       write limit, responses to writes carry `Fastly-RateLimit-Remaining` and `Fastly-RateLimit-Reset`. A \
                       write with an `Idempotency-Key` can be repeated safely: it is done once.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        invitations::list,
        invitations::create,
        invitations::delete,
        caller::current_user,
        caller::service_authorizations,
        acceptance::accept
    ),
    security(("fastly_key" = []), ("bearer" = [])),
    modifiers(&SecuritySchemes, &ResponseHeaders, &IdempotencyKeys)
)]
pub struct Description;

/// Adds the headers that depend on the status, and those of every write.
struct ResponseHeaders;

impl Modify for ResponseHeaders {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let PathItem { get, post, put, delete, .. } = item;
            get.iter_mut().for_each(add_status_headers);
            for write in [post, put, delete].into_iter().flatten() {
                add_status_headers(write);
                add_write_limit_headers(write);
            }
        }
    }
}

fn add_status_headers(operation: &mut Operation) {
    for (status, response) in responses(operation) {
        match status.as_str() {
            "401" => add(response, "WWW-Authenticate", Type::String, "How to send a token"),
            "409" => add(
                response,
                "Retry-After",
                Type::Integer,
                "Seconds to wait, when the first request with the key is still running",
            ),
            "429" | "503" => add(response, "Retry-After", Type::Integer, "Seconds to wait"),
            _ => {}
        }
    }
}

/// Adds the figures of the write limit. A 401 has none, because its caller is unknown.
fn add_write_limit_headers(write: &mut Operation) {
    for (_, response) in responses(write).filter(|(status, _)| *status != "401") {
        let remaining = "Writes left in this hour; absent without a limit or a known person";
        add(response, "Fastly-RateLimit-Remaining", Type::Integer, remaining);
        add(response, "Fastly-RateLimit-Reset", Type::Integer, "End of the hour, in epoch seconds");
    }
}

/// Adds the idempotency key of every write, and the header of a stored response.
struct IdempotencyKeys;

impl Modify for IdempotencyKeys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let PathItem { post, put, delete, .. } = item;
            for write in [post, put, delete].into_iter().flatten() {
                write.parameters.get_or_insert_default().push(RefOr::T(key_parameter().build()));
                for (_, response) in responses(write).filter(|(status, _)| status.starts_with('2')) {
                    let replayed =
                        "`true` for the stored response to a repeated request; nothing was done again";
                    add(response, "Idempotency-Replayed", Type::String, replayed);
                }
            }
        }
    }
}

fn key_parameter() -> ParameterBuilder {
    let form = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).min_length(Some(1));
    let description = "The same request with the same key is done once; for 24 hours it gets the first response again. 1 to 255 \
                       visible ASCII characters, bare or in double quotes";
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

/// Adds the two headers for a token.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "Fastly-Key",
            "An access token (`usher access-token create`) or a JWT",
        )));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An access token or a JWT"))
            .build();
        components.add_security_scheme("fastly_key", key);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

#[cfg(test)]
mod tests;
