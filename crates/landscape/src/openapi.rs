//! The OpenAPI document, generated from the handlers and the types of the bodies.

use usher_http_kit::openapi::{IdempotencyKeyHeaders, StatusHeaders};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{acceptance, invitations, login};

/// Returns the OpenAPI 3.1 document of the dialect.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Usher: Landscape's dialect",
        description = "Invitations as Landscape's clients speak them. Errors are `{\"error\", \"message\", \"detail\"}`. A body's \
                       declared type is ignored unless the server demands `application/json`. Methods other than these are \
                       405 with the header `Allow`. A write with an `Idempotency-Key` can be repeated without being done again.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "The root of `server.public_url`")),
    paths(
        invitations::read::list,
        invitations::write::create,
        invitations::read::get,
        invitations::write::delete,
        invitations::write::resend,
        acceptance::summary,
        acceptance::accept,
        acceptance::reject,
        login::login
    ),
    security(("bearer" = [])),
    modifiers(&Bearer, &StatusHeaders, &IdempotencyKeyHeaders)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let description = "An access token (`usher access-token create`), or a JWT from `POST /login`, `usher token issue` or a \
                           trusted issuer";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}
