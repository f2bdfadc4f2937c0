use std::{fmt, ops::RangeInclusive};

use serde_json::Value;

use super::Problems;

/// A value and its path. Each reading method notes a problem when it returns `None`.
#[derive(Debug)]
pub struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    pub(super) const fn new(value: &'a Value, path: String) -> Self {
        Self { value, path }
    }

    /// The path from the body to the value.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The value, of any kind.
    #[must_use]
    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// Notes a problem of the value. `what` completes a sentence that begins with the path.
    pub fn reject(&self, what: impl fmt::Display, problems: &mut Problems) {
        problems.note(format_args!("{} {what}", self.path));
    }

    /// The items of the value as an array; empty if a problem was noted.
    pub fn items(&self, problems: &mut Problems) -> Vec<Self> {
        let items = self.read("an array", Value::as_array, problems).into_iter().flatten().enumerate();
        items.map(|(at, value)| Node { value, path: format!("{}[{at}]", self.path) }).collect()
    }

    /// The value as a string.
    pub fn text(&self, problems: &mut Problems) -> Option<&'a str> {
        self.read("a string", Value::as_str, problems)
    }

    /// The value as a list of strings.
    pub fn texts(&self, problems: &mut Problems) -> Option<Vec<String>> {
        let items = self.value.as_array();
        let texts =
            items.and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        self.expect("must be a list of strings", texts, problems)
    }

    /// The value as a string that `parse` accepts.
    pub fn parsed<T, E: fmt::Display>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, E>,
        problems: &mut Problems,
    ) -> Option<T> {
        parse(self.text(problems)?).map_err(|error| self.reject(error, problems)).ok()
    }

    /// The value as one of `names`, as `parse` reads them.
    pub fn choice<T>(
        &self,
        parse: impl FnOnce(&str) -> Option<T>,
        names: &[&str],
        problems: &mut Problems,
    ) -> Option<T> {
        let choice = self.value.as_str().and_then(parse);
        self.expect(format_args!("must be one of {}", names.join(", ")), choice, problems)
    }

    /// The value as a boolean.
    pub fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        self.read("true or false", Value::as_bool, problems)
    }

    /// The value as a whole number within bounds.
    pub fn integer(&self, bounds: RangeInclusive<i64>, problems: &mut Problems) -> Option<i64> {
        let number = self.value.as_i64().filter(|number| bounds.contains(number));
        let (least, most) = bounds.into_inner();
        self.expect(format_args!("must be a whole number from {least} to {most}"), number, problems)
    }

    /// Reads the value with `read`. `what` names the expected kind.
    pub(super) fn read<T>(
        &self,
        what: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        self.expect(format_args!("must be {what}, not {}", kind(self.value)), read(self.value), problems)
    }

    fn expect<T>(&self, what: impl fmt::Display, found: Option<T>, problems: &mut Problems) -> Option<T> {
        if found.is_none() {
            self.reject(what, problems);
        }
        found
    }
}

/// The kind of a value, for messages.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
