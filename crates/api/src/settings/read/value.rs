//! Serde's view of a section: keys with values from TOML or from the environment.
//!
//! Types are not guessed: in a file, `threads = "4"` is an error. In the environment every value is a string, so there
//! `4` is accepted as a number. No error message repeats a value, because it may be a secret that was put in the wrong
//! place.

use std::fmt::{self, Display};

use config::{Value, ValueKind};
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::layers::is_from_environment;

/// The reason why a section cannot be deserialized.
#[derive(Debug)]
pub(super) struct Fault {
    /// The name of the key inside its section; `None` if the section lacks a key.
    pub(super) name: Option<String>,
    /// The mistake; completes a sentence that begins with the key.
    pub(super) text: String,
    /// The names of the section's keys, if the key is not one of them.
    pub(super) expected: Option<&'static [&'static str]>,
}

impl Fault {
    fn at(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned());
        self
    }
}

impl Error for Fault {
    fn custom<T: Display>(text: T) -> Self {
        Self { name: None, text: text.to_string(), expected: None }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        let words: Vec<String> = expected.iter().map(|word| format!("\"{word}\"")).collect();
        Self::custom(format_args!("must be {}", words.join(" or ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self { expected: Some(expected), ..Self::custom("is not a setting") }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

/// Returns a deserializer of a section from the names of its keys and their values.
pub(super) fn section<'a, I: Iterator<Item = (&'a str, &'a Value)>>(
    entries: I,
) -> MapAccessDeserializer<SectionAccess<'a, I>> {
    MapAccessDeserializer::new(SectionAccess { entries, current: None })
}

pub(super) struct SectionAccess<'a, I> {
    entries: I,
    current: Option<(&'a str, &'a Value)>,
}

impl<'de, 'a, I: Iterator<Item = (&'a str, &'a Value)>> MapAccess<'de> for SectionAccess<'a, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.current = self.entries.next();
        let Some((name, _)) = self.current else { return Ok(None) };
        seed.deserialize(name.into_deserializer()).map(Some).map_err(|fault: Fault| fault.at(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((name, value)) = self.current else { return Err(Fault::custom("has no value")) };
        seed.deserialize(Leaf(value)).map_err(|fault| fault.at(name))
    }
}

/// The value of one key.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'a>(pub(super) &'a Value);

impl<'a> Leaf<'a> {
    fn mismatch<T>(self, wanted: &str) -> Result<T, Fault> {
        let found = match &self.0.kind {
            ValueKind::Boolean(_) => "true or false",
            ValueKind::String(_) => "a text",
            ValueKind::Table(_) => "a section",
            ValueKind::Array(_) => "a list",
            ValueKind::Nil => "nothing",
            _ => "a number",
        };
        Err(Fault::custom(format_args!("must be {wanted}, not {found}")))
    }

    fn text(self) -> Option<&'a str> {
        match &self.0.kind {
            ValueKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The string, if the value comes from the environment.
    fn variable(self) -> Option<&'a str> {
        self.text().filter(|_| is_from_environment(self.0))
    }
}

impl<'de> Deserializer<'de> for Leaf<'_> {
    type Error = Fault;

    /// A text or a list of texts.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.text(), self.variable()) {
            (Some(text), None) => visitor.visit_str(text),
            _ if matches!(self.0.kind, ValueKind::String(_) | ValueKind::Array(_)) => {
                self.deserialize_seq(visitor)
            }
            _ => self.mismatch("a text in quotes or a list of texts"),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (&self.0.kind, self.variable()) {
            (ValueKind::Boolean(flag), _) => visitor.visit_bool(*flag),
            (_, Some("true")) => visitor.visit_bool(true),
            (_, Some("false")) => visitor.visit_bool(false),
            (_, Some(_)) => Err(Fault::custom("must be true or false")),
            _ => self.mismatch("true or false, without quotes"),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (&self.0.kind, self.variable().map(str::parse::<i64>)) {
            (ValueKind::I64(number), _) => visitor.visit_i64(*number),
            (_, Some(Ok(number))) => visitor.visit_i64(number),
            _ => self.mismatch("a whole number, without quotes"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.text() {
            Some(text) => visitor.visit_str(text),
            None => self.mismatch("a text in quotes"),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.text() == Some("") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// A list of strings; in the environment, strings with commas between them.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let texts: Option<Vec<&str>> = match (&self.0.kind, self.variable()) {
            (ValueKind::Array(items), _) => items.iter().map(|item| Leaf(item).text()).collect(),
            (_, Some(text)) => Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()),
            _ => None,
        };
        match texts {
            Some(texts) => visitor.visit_seq(SeqDeserializer::new(texts.into_iter())),
            None => Err(Fault::custom("must be a list of texts, such as [\"one\", \"two\"]")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.text() {
            Some(text) => visitor.visit_enum(text.into_deserializer()),
            None => self.mismatch("a text in quotes"),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}
