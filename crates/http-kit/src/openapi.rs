//! Descriptions of the headers that all dialects share, for the dialects' OpenAPI documents.

use utoipa::{
    Modify,
    openapi::{
        HeaderBuilder, ObjectBuilder, OpenApi, PathItem, RefOr, Response,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

/// Adds the headers that belong to a status: `WWW-Authenticate` and `Retry-After`.
#[derive(Debug)]
pub struct StatusHeaders;

impl Modify for StatusHeaders {
    fn modify(&self, document: &mut OpenApi) {
        for (status, response) in operations(document).flat_map(responses) {
            match status.as_str() {
                "401" => add(response, "WWW-Authenticate", Type::String, "How to send a token"),
                "409" => {
                    let description = "Seconds to wait, when the first request with the key is still running";
                    add(response, "Retry-After", Type::Integer, description);
                }
                "429" | "503" => add(response, "Retry-After", Type::Integer, "Seconds to wait"),
                _ => {}
            }
        }
    }
}

/// Adds the parameter `Idempotency-Key`, and the header of stored responses, to each operation that accepts a key.
#[derive(Debug)]
pub struct IdempotencyKeyHeaders;

impl Modify for IdempotencyKeyHeaders {
    fn modify(&self, document: &mut OpenApi) {
        for operation in operations(document).filter(|operation| is_keyed(operation)) {
            operation.parameters.get_or_insert_default().push(RefOr::T(key().build()));
            for (_, response) in responses(operation).filter(|(status, _)| status.starts_with('2')) {
                let description =
                    "`true` for the stored response to a repeated request; nothing was done again";
                add(response, "Idempotency-Replayed", Type::String, description);
            }
        }
    }
}

/// Returns all operations of a document.
pub fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|item| {
        let PathItem { get, put, post, delete, .. } = item;
        [get, put, post, delete].into_iter().flatten()
    })
}

/// Returns the responses of an operation with their statuses.
pub fn responses(operation: &mut Operation) -> impl Iterator<Item = (&String, &mut Response)> {
    operation.responses.responses.iter_mut().filter_map(|(status, response)| match response {
        RefOr::T(response) => Some((status, response)),
        RefOr::Ref(_) => None,
    })
}

/// Adds a header to a response.
pub fn add(response: &mut Response, name: &str, kind: Type, description: &str) {
    let schema = ObjectBuilder::new().schema_type(SchemaType::new(kind));
    let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

/// Whether an operation accepts an idempotency key. Only such operations describe 422, the response to a key that was
/// used for another request.
#[must_use]
pub fn is_keyed(operation: &Operation) -> bool {
    operation.responses.responses.contains_key("422")
}

fn key() -> ParameterBuilder {
    let form = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).min_length(Some(1));
    let description = "The same request with the same key is done once; for 24 hours it gets the first response again. 1 to 255 \
                       visible ASCII characters, bare or in double quotes";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .schema(Some(form))
        .description(Some(description))
}
