use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::InvalidToken;

/// A JSON object in which no object has the same name twice, at any depth: claims are read from nested objects, too.
#[derive(Debug)]
pub(super) struct JsonObject(Map<String, Value>);

impl JsonObject {
    /// Parses one object; trailing text is an error.
    pub(super) fn parse(json: &[u8]) -> Result<Self, InvalidToken> {
        let Checked { value, unique } = serde_json::from_slice(json).map_err(|_| InvalidToken::Malformed)?;
        match value {
            Value::Object(members) if unique => Ok(Self(members)),
            Value::Object(_) => Err(InvalidToken::DuplicateName),
            _ => Err(InvalidToken::Malformed),
        }
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

/// A JSON value, and whether no object in it has the same name twice.
struct Checked {
    value: Value,
    unique: bool,
}

impl<T: Into<Value>> From<T> for Checked {
    fn from(value: T) -> Self {
        Self { value: value.into(), unique: true }
    }
}

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CheckedVisitor)
    }
}

struct CheckedVisitor;

impl<'de> Visitor<'de> for CheckedVisitor {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Value::Null.into())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Checked, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Checked, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Checked, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Checked, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Checked, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Checked, A::Error> {
        let (mut values, mut unique) = (Vec::new(), true);
        while let Some(element) = access.next_element::<Checked>()? {
            unique &= element.unique;
            values.push(element.value);
        }
        Ok(Checked { value: values.into(), unique })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Checked, A::Error> {
        let (mut members, mut unique) = (Map::new(), true);
        while let Some((name, member)) = access.next_entry::<String, Checked>()? {
            unique &= member.unique & members.insert(name, member.value).is_none();
        }
        Ok(Checked { value: members.into(), unique })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_are_rejected_in_every_spelling() {
        assert!(JsonObject::parse(br#"{"sub":"a","SUB":"b","in":{"sub":"c"}}"#).is_ok());
        for twice in [
            r#"{"sub":"a","sub":"a"}"#,
            r#"{"sub":"a","s\u0075b":"b"}"#,
            r#"{"a":1,"b":2,"a":null}"#,
            r#"{"in":{"sub":"a","sub":"b"}}"#,
            r#"{"in":[1,{"x":[],"x":[]}]}"#,
        ] {
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
