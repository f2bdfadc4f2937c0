//! JSON bodies, read strictly: one object, no key twice, nothing after it. Fields are then taken one by one, so that
//! every wrong one is named in the same answer.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a body is not an object of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request body must be one JSON object: {0}")]
pub struct JsonError(String);

/// Reads a body as one object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, JsonError> {
    if body.is_empty() {
        return Err(JsonError("it is empty".to_owned()));
    }
    let Strict(value) = serde_json::from_slice(body).map_err(|error| JsonError(error.to_string()))?;
    match value {
        Value::Object(object) => Ok(object),
        other => Err(JsonError(format!("it is {}", kind(&other)))),
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldProblem {
    /// It has to be there.
    Missing(&'static str),
    /// It is there, and the text says what it must be.
    Wrong(&'static str, String),
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Wrong(field, what) => write!(f, "{field} {what}"),
        }
    }
}

/// Takes fields out of an object and remembers what is wrong with them. Unknown fields are ignored; `null` counts as
/// absent.
#[derive(Debug)]
pub struct Fields {
    object: Map<String, Value>,
    problems: Vec<FieldProblem>,
}

impl Fields {
    /// Begins with a whole object.
    #[must_use]
    pub fn new(object: Map<String, Value>) -> Self {
        Self { object, problems: Vec::new() }
    }

    /// Everything wrong so far.
    #[must_use]
    pub fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// Notes a problem that the caller found in a value.
    pub fn refuse(&mut self, field: &'static str, what: impl fmt::Display) {
        self.problems.push(FieldProblem::Wrong(field, what.to_string()));
    }

    /// A text that has to be there; empty after a problem was noted.
    pub fn text(&mut self, field: &'static str) -> String {
        if self.object.get(field).is_none_or(Value::is_null) {
            self.problems.push(FieldProblem::Missing(field));
        }
        self.optional_text(field).unwrap_or_default()
    }

    /// A text that may be there.
    pub fn optional_text(&mut self, field: &'static str) -> Option<String> {
        match self.object.remove(field)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => {
                self.refuse(field, format_args!("must be a string, not {}", kind(&other)));
                None
            }
        }
    }

    /// A list of texts that may be there.
    pub fn optional_texts(&mut self, field: &'static str) -> Option<Vec<String>> {
        let value = self.object.remove(field).filter(|value| !value.is_null())?;
        let texts = value.as_array().and_then(|list| {
            list.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        if texts.is_none() {
            self.refuse(field, "must be a list of strings");
        }
        texts
    }

    /// A whole number within bounds that may be there.
    pub fn optional_integer(
        &mut self,
        field: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.object.remove(field).filter(|value| !value.is_null())?;
        let number = value.as_i64().filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = bounds.into_inner();
            self.refuse(field, format_args!("must be a whole number from {least} to {most}"));
        }
        number
    }
}

/// What a value is, for texts that say what it should have been.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value in which no object names a key twice: the usual readers keep the last one silently.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} is there twice")));
            }
            let Strict(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
