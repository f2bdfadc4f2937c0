//! The OpenAPI document, generated from the handlers and the types of the bodies.

use usher_http_kit::openapi::{IdempotencyKeyHeaders, StatusHeaders, add, is_keyed, operations, responses};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        schema::Type,
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
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "The root of `server.public_url`")),
    paths(
        invitations::list,
        invitations::create,
        invitations::delete,
        caller::current_user,
        caller::service_authorizations,
        acceptance::accept
    ),
    security(("fastly_key" = []), ("bearer" = [])),
    modifiers(&SecuritySchemes, &StatusHeaders, &WriteLimitHeaders, &IdempotencyKeyHeaders)
)]
pub struct Description;

/// Adds the figures of the write limit to every write. A 401 has none, because its caller is unknown.
struct WriteLimitHeaders;

impl Modify for WriteLimitHeaders {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let writes = operations(document).filter(|operation| is_keyed(operation));
        for (_, response) in writes.flat_map(responses).filter(|(status, _)| *status != "401") {
            let remaining = "Writes left in this hour; absent without a limit or a known person";
            add(response, "Fastly-RateLimit-Remaining", Type::Integer, remaining);
            add(response, "Fastly-RateLimit-Reset", Type::Integer, "End of the hour, in epoch seconds");
        }
    }
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
