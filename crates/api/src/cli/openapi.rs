//! `usher openapi`

use utoipa::OpenApi as _;

use super::{failure::Failure, output::Output};
use usher_fastly::Description;

/// Prints the document; `docs/api/` has the same.
pub(super) fn print() -> Result<(), Failure> {
    let document = Description::openapi();
    let text = document.to_pretty_json().map_err(|error| Failure::of(&error))?;
    Output::Text.lines(&[text], &serde_json::Value::Null)
}
