//! JSON bodies: read strictly, and by path.
//!
//! [`read`] accepts one object, in which no key is repeated and after which nothing follows. A dialect then takes the members
//! that it knows from [`Object`] and [`Node`]. Each wrong member is noted in [`Problems`], with its path, so that one response
//! names all of them. `null` counts as absent. Whether an object may have members beside the known ones is the dialect's choice,
//! see [`Members`].

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

/// Why a body is not one JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request body must be one JSON object: {0}")]
pub struct JsonError(String);

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not one JSON object.
    #[error(transparent)]
    Syntax(#[from] JsonError),
    /// Members of it are missing, wrong or unknown.
    #[error("{0}")]
    Members(Problems),
}

/// Reads a body. `content` returns what the object says; its result counts only if it notes no problem.
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
