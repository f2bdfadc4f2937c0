//! `usher openapi`

use utoipa::OpenApi as _;

use super::{arguments::Dialect, failure::Failure, output::Output};

/// Prints the document of a dialect. `docs/api/` holds the same documents.
pub(super) fn print(dialect: Dialect) -> Result<(), Failure> {
    let document = match dialect {
        Dialect::Fastly => usher_fastly::Description::openapi(),
        Dialect::Landscape => usher_landscape::openapi(),
    };
    let text = document.to_pretty_json().map_err(|error| Failure::from_error(&error))?;
    Output::Text.lines(&[text], &serde_json::Value::Null)
}
