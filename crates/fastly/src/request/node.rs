//! JSON values with their paths, and the problems found in them.

use std::fmt;

use serde_json::{Map, Value};

use usher_http_kit::json::kind;

/// Problems that one response names. A body of 64 KiB can have thousands.
const MAX_NAMED: usize = 20;

/// The problems of a document.
#[derive(Debug, Default)]
pub(super) struct Problems {
    texts: Vec<String>,
    more: usize,
}

impl Problems {
    /// Adds a problem.
    pub(super) fn note(&mut self, problem: impl fmt::Display) {
        if self.texts.len() < MAX_NAMED {
            self.texts.push(problem.to_string());
        } else {
            self.more += 1;
        }
    }

    /// Whether no problem was found.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts.join("; "))?;
        if self.more > 0 { write!(f, "; and {} more", self.more) } else { Ok(()) }
    }
}

/// A value with its path in the document.
#[derive(Debug)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// The value, of any type.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Notes a problem of this value.
    pub(super) fn refuse(&self, what: impl fmt::Display, problems: &mut Problems) {
        problems.note(format_args!("{} {what}", self.path));
    }

    /// The value as an object.
    pub(super) fn object(&self, problems: &mut Problems) -> Option<Object<'a>> {
        let map = self.read("an object", Value::as_object, problems)?;
        Some(Object { map: Some(map), path: self.path.clone() })
    }

    /// The value as a string.
    pub(super) fn text(&self, problems: &mut Problems) -> Option<&'a str> {
        self.read("a string", Value::as_str, problems)
    }

    /// The value as a boolean.
    pub(super) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        self.read("true or false", Value::as_bool, problems)
    }

    /// The value as one of `names`, read by `parse`.
    pub(super) fn choice<T>(
        &self,
        parse: impl FnOnce(&str) -> Option<T>,
        names: &[&str],
        problems: &mut Problems,
    ) -> Option<T> {
        let choice = self.value.as_str().and_then(parse);
        if choice.is_none() {
            self.refuse(format_args!("must be one of {}", names.join(", ")), problems);
        }
        choice
    }

    fn items(&self, problems: &mut Problems) -> Vec<Self> {
        let items = self.read("an array", Value::as_array, problems).into_iter().flatten().enumerate();
        items.map(|(at, value)| Node { value, path: format!("{}[{at}]", self.path) }).collect()
    }

    fn read<T>(
        &self,
        what: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let value = read(self.value);
        if value.is_none() {
            self.refuse(format_args!("must be {what}, not {}", kind(self.value)), problems);
        }
        value
    }
}

/// An object with its path in the document. The object may be absent: then it has no members.
#[derive(Debug)]
pub(super) struct Object<'a> {
    map: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Object<'a> {
    /// A member; `None` when it is absent or null.
    pub(super) fn member(&self, name: &str) -> Option<Node<'a>> {
        let value = self.map?.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, path: self.path_of(name) })
    }

    /// A required member.
    pub(super) fn required(&self, name: &str, problems: &mut Problems) -> Option<Node<'a>> {
        let member = self.member(name);
        if member.is_none() {
            problems.note(format_args!("{} is missing", self.path_of(name)));
        }
        member
    }

    /// A member that is an object; an object without members when it is absent, `None` when it is another type.
    pub(super) fn child(&self, name: &str, problems: &mut Problems) -> Option<Self> {
        match self.member(name) {
            Some(member) => member.object(problems),
            None => Some(Self { map: None, path: self.path_of(name) }),
        }
    }

    /// The items of a member that is an array; empty when it is absent.
    pub(super) fn items(&self, name: &str, problems: &mut Problems) -> Vec<Node<'a>> {
        self.member(name).map(|member| member.items(problems)).unwrap_or_default()
    }

    /// Checks the member `type`, if it is present.
    pub(super) fn expect_type(&self, expected: &str, problems: &mut Problems) {
        if let Some(member) = self.member("type")
            && *member.value != *expected
        {
            member.refuse(format_args!("must be \"{expected}\" or left out"), problems);
        }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
