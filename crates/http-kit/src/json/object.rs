use serde_json::{Map, Value};

use super::{Node, Problems};
use crate::{names::objection, repeated};

/// The members that an object can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members<'m> {
    /// These. Other members are ignored, unless they mean something else: see [`crate::names`]. The known ones include those that
    /// the dialect ignores on purpose.
    Known(&'m [&'m str]),
    /// Only these. Each other member is a problem.
    Only(&'m [&'m str]),
}

/// An object and its path. An absent object has no members.
#[derive(Debug)]
pub struct Object<'a> {
    map: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Object<'a> {
    /// The whole body.
    pub(super) fn root(map: &'a Map<String, Value>, members: Members<'_>, problems: &mut Problems) -> Self {
        Self::checked(map, String::new(), members, problems)
    }

    /// An object at `path`, whose unknown members are noted.
    pub(super) fn checked(
        map: &'a Map<String, Value>,
        path: String,
        members: Members<'_>,
        problems: &mut Problems,
    ) -> Self {
        let object = Self { map: Some(map), path };
        match members {
            Members::Known(known) => object.note_objections(map, known, problems),
            Members::Only(known) => object.note_unknown(map, known, problems),
        }
        object
    }

    /// Notes unknown members that mean something else. A member that is null asks for nothing.
    fn note_objections(&self, map: &Map<String, Value>, known: &[&str], problems: &mut Problems) {
        let is_present = |name: &str| self.member(name).is_some();
        for (name, _) in
            map.iter().filter(|(name, value)| !value.is_null() && !known.contains(&name.as_str()))
        {
            if let Some(objection) = objection(name, &self.path, known, is_present) {
                problems.note(objection);
            }
        }
    }

    fn note_unknown(&self, map: &Map<String, Value>, known: &[&str], problems: &mut Problems) {
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            problems.note(format_args!(
                "{} is unknown: the members here are {}",
                self.path_of(repeated(name)),
                known.join(", ")
            ));
        }
    }

    /// A member, unless it is absent or null.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Node<'a>> {
        let value = self.map?.get(name).filter(|value| !value.is_null())?;
        Some(Node::new(value, self.path_of(name)))
    }

    /// A member that is required.
    pub fn required(&self, name: &str, problems: &mut Problems) -> Option<Node<'a>> {
        let member = self.member(name);
        if member.is_none() {
            problems.missing(&self.path_of(name));
        }
        member
    }

    /// A member that is an object. An absent one has no members. `None` if a problem was noted.
    pub fn child(&self, name: &str, members: Members<'_>, problems: &mut Problems) -> Option<Self> {
        match self.member(name) {
            Some(member) => member.object(members, problems),
            None => Some(Self { map: None, path: self.path_of(name) }),
        }
    }

    /// The items of a member that is an array; empty if the member is absent or a problem was noted.
    pub fn items(&self, name: &str, problems: &mut Problems) -> Vec<Node<'a>> {
        self.member(name).map(|member| member.items(problems)).unwrap_or_default()
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl<'a> Node<'a> {
    /// The value as an object.
    pub fn object(&self, members: Members<'_>, problems: &mut Problems) -> Option<Object<'a>> {
        let map = self.read("an object", Value::as_object, problems)?;
        Some(Object::checked(map, self.path().to_owned(), members, problems))
    }
}
