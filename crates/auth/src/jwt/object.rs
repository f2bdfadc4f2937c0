use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::InvalidToken;

/// A JSON object without duplicate names.
///
/// Nested objects are not checked. Usher reads only top-level strings, numbers, booleans and lists of strings from
/// header and claims, so duplicate names further down have no effect.
#[derive(Debug)]
pub(super) struct JsonObject(Map<String, Value>);

impl JsonObject {
    /// Parses one object; trailing text is an error.
    pub(super) fn parse(json: &[u8]) -> Result<Self, InvalidToken> {
        let Members { members, unique } =
            serde_json::from_slice(json).map_err(|_| InvalidToken::Malformed)?;
        if unique { Ok(Self(members)) } else { Err(InvalidToken::DuplicateName) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The string with that name. A value of another type is an error.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, InvalidToken> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(InvalidToken::bad(name)),
        }
    }
}

struct Members {
    members: Map<String, Value>,
    unique: bool,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        let mut unique = true;
        while let Some((name, value)) = access.next_entry()? {
            unique &= members.insert(name, value).is_none();
        }
        Ok(Members { members, unique })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_are_rejected_in_every_spelling() {
        assert!(JsonObject::parse(br#"{"sub":"a","SUB":"b","in":{"sub":"c"}}"#).is_ok());
        for twice in
            [r#"{"sub":"a","sub":"a"}"#, r#"{"sub":"a","s\u0075b":"b"}"#, r#"{"a":1,"b":2,"a":null}"#]
        {
            assert_eq!(
                JsonObject::parse(twice.as_bytes()).unwrap_err(),
                InvalidToken::DuplicateName,
                "{twice}"
            );
        }
    }

    #[test]
    fn other_than_one_object_is_malformed() {
        let deep = format!(r#"{{"a":{}"#, "[".repeat(5000));
        for json in ["", "[]", "\"x\"", "null", "{}x", "{} {}", "{\"a\":1e999}", "\u{feff}{}", &deep] {
            assert_eq!(
                JsonObject::parse(json.as_bytes()).unwrap_err(),
                InvalidToken::Malformed,
                "{json:.20}"
            );
        }
        assert_eq!(JsonObject::parse(b"{\"a\":\"\xff\"}").unwrap_err(), InvalidToken::Malformed);
    }
}
