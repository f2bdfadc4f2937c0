use std::fmt;

use serde_json::{Map, Value};

use super::kind;

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
