use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::InvalidToken;

/// A JSON object in which every name stands once.
///
/// Objects inside it are not looked at: of header and claims only texts, numbers, booleans and lists of texts right below
/// the top are ever read, so that no two readers could disagree about anything deeper that matters here.
#[derive(Debug)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Reads one object and nothing after it.
    pub(super) fn parse(json: &[u8]) -> Result<Self, InvalidToken> {
        let Members { members, unique } =
            serde_json::from_slice(json).map_err(|_| InvalidToken::Malformed)?;
        if unique { Ok(Self(members)) } else { Err(InvalidToken::DuplicateName) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of that name; absent is fine, another type is not.
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
    fn names_are_unique_however_they_are_spelled() {
        assert!(Object::parse(br#"{"sub":"a","SUB":"b","in":{"sub":"c"}}"#).is_ok());
        for twice in
            [r#"{"sub":"a","sub":"a"}"#, r#"{"sub":"a","s\u0075b":"b"}"#, r#"{"a":1,"b":2,"a":null}"#]
        {
            assert_eq!(Object::parse(twice.as_bytes()).unwrap_err(), InvalidToken::DuplicateName, "{twice}");
        }
    }

    #[test]
    fn anything_but_one_object_is_malformed() {
        let deep = format!(r#"{{"a":{}"#, "[".repeat(5000));
        for json in ["", "[]", "\"x\"", "null", "{}x", "{} {}", "{\"a\":1e999}", "\u{feff}{}", &deep] {
            assert_eq!(Object::parse(json.as_bytes()).unwrap_err(), InvalidToken::Malformed, "{json:.20}");
        }
        assert_eq!(Object::parse(b"{\"a\":\"\xff\"}").unwrap_err(), InvalidToken::Malformed);
    }
}
