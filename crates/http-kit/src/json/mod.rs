//! Strict reading of JSON bodies.
//!
//! [`read`] accepts one object without repeated keys and without text after it. The dialect reads the members with [`Object`] and
//! [`Node`]. [`Problems`] collects each invalid member with its path, so that one response names all of them. `null` counts as
//! absent. The dialect decides with [`Members`] whether unknown members are ignored or rejected.

mod node;
mod object;
mod problems;
mod strict;

use serde_json::{Map, Value};

pub use node::Node;
use node::kind;
pub use object::{Members, Object};
pub use problems::Problems;
use strict::Strict;

/// The reason why a body is not one JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request body must be one JSON object: {0}")]
pub struct JsonError(String);

/// The reason why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The body is not one JSON object.
    #[error(transparent)]
    Syntax(#[from] JsonError),
    /// Members are missing, invalid or unknown.
    #[error("{0}")]
    Members(Problems),
}

/// Reads a body. `content` converts the object; its result is returned only if it notes no problem.
pub fn read<T>(
    body: &[u8],
    members: Members<'_>,
    content: impl FnOnce(&Object<'_>, &mut Problems) -> Option<T>,
) -> Result<T, ReadError> {
    let object = object(body)?;
    let mut problems = Problems::default();
    let content = content(&Object::root(&object, members, &mut problems), &mut problems);
    content.filter(|_| problems.is_empty()).ok_or(ReadError::Members(problems))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, JsonError> {
    if body.is_empty() {
        return Err(JsonError("it is empty".to_owned()));
    }
    let Strict(value) = serde_json::from_slice(body).map_err(|error| JsonError(error.to_string()))?;
    match value {
        Value::Object(object) => Ok(object),
        other => Err(JsonError(format!("it is {}", kind(&other)))),
    }
}

#[cfg(test)]
mod tests;
