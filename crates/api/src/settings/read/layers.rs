//! The two layers of settings: the embedded defaults, and above them the configuration file and the environment.

use std::{collections::BTreeMap, path::Path};

use config::{Config, ConfigError, Environment, File, FileFormat, Value, ValueKind};

use super::variables;
use crate::settings::{Sources, problem::Problem};

/// Every key with its default and its meaning.
pub(in crate::settings) const DEFAULTS: &str = include_str!("../../../../../config/default.toml");

/// The origin that the `config` crate gives to a value from the environment.
const ENVIRONMENT: &str = "the environment";

/// Values by the full names of their keys, such as `server.bind` or `auth.issuers[0].issuer`.
pub(super) type Values = BTreeMap<String, Value>;

/// The layers stay apart, because a secret file replaces a default, but contradicts a given value.
pub(super) struct Layers {
    /// Every key of `config/default.toml`, in its order.
    pub(super) known: Vec<String>,
    pub(super) defaults: Values,
    /// The values of the file and the environment, without empty strings and lists: these count as unset.
    pub(super) given: Values,
    /// One problem for each variable that was not read.
    pub(super) problems: Vec<Problem>,
}

impl Layers {
    /// Reads the sources. Fails only if a source cannot be read at all.
    pub(super) fn read(sources: &Sources) -> Result<Self, Problem> {
        let defaults = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)).build();
        let mut given = Config::builder();
        if let Some(path) = &sources.file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Problem::general(format!("the configuration file {} cannot be read: {error}", path.display()))
            })?;
            // Parsed alone first, so that the error names the file.
            let file = File::from_str(&text, FileFormat::Toml);
            Config::builder().add_source(file.clone()).build().map_err(|error| unreadable(path, &error))?;
            given = given.add_source(file);
        }
        let known = known_keys();
        let (variables, problems) = variables::accepted(&sources.environment, &known);
        let (in_tables, variables) = variables::split_tables(variables);
        let environment = Environment::with_prefix("USHER").separator("__").ignore_empty(true);
        let given = given.add_source(environment.source(Some(variables))).build();
        let (defaults, given) = match (defaults, given) {
            (Ok(defaults), Ok(given)) => (defaults.cache, given.cache),
            (Err(error), _) | (_, Err(error)) => return Err(Problem::general(error.to_string())),
        };
        let mut given = flatten(given, &known);
        given.extend(in_tables.into_iter().map(|(key, text)| (key, from_environment(text))));
        given.retain(|_, value| !is_empty(value));
        Ok(Self { defaults: flatten(defaults, &known), given, known, problems })
    }
}

/// Returns the keys of `config/default.toml` in its order, which the `config` crate does not keep.
pub(in crate::settings) fn known_keys() -> Vec<String> {
    let mut section = "";
    let mut keys = Vec::new();
    for line in DEFAULTS.lines().filter(|line| !line.starts_with('#')) {
        match (line.strip_prefix('['), line.split_once(" = ")) {
            (Some(name), _) => section = name.trim_end_matches(']'),
            (None, Some((key, _))) => keys.push(format!("{section}.{key}")),
            (None, None) => {}
        }
    }
    keys
}

fn from_environment(text: String) -> Value {
    Value::new(Some(&ENVIRONMENT.to_owned()), ValueKind::String(text))
}

/// Whether a value comes from the environment, where every value is a string.
pub(super) fn is_from_environment(value: &Value) -> bool {
    value.origin() == Some(ENVIRONMENT)
}

/// The parser's message without its excerpt of the file, which can hold a secret.
fn unreadable(path: &Path, error: &ConfigError) -> Problem {
    let text = error.to_string();
    let is_excerpt = |line: &&str| {
        line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|')
    };
    let message: Vec<&str> = text.lines().filter(|line| !is_excerpt(line)).map(str::trim).collect();
    let text = format!("the configuration file {} is not valid TOML: {}", path.display(), message.join(": "));
    Problem::general(text)
}

fn is_empty(value: &Value) -> bool {
    match &value.kind {
        ValueKind::String(text) => text.is_empty(),
        ValueKind::Array(items) => items.is_empty(),
        ValueKind::Nil => true,
        _ => false,
    }
}

/// Returns all values with their keys. A known key is not a section, whatever its value is.
fn flatten(root: Value, known: &[String]) -> Values {
    let mut values = Values::new();
    collect(String::new(), root, known, &mut values);
    values
}

fn collect(key: String, value: Value, known: &[String], values: &mut Values) {
    let is_table = |value: &Value| matches!(value.kind, ValueKind::Table(_));
    match value.kind {
        // An empty table in a list still counts as an entry.
        ValueKind::Table(table) if !known.contains(&key) && (!table.is_empty() || !key.ends_with(']')) => {
            for (name, inner) in table {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                collect(key, inner, known, values);
            }
        }
        ValueKind::Array(items) if !items.is_empty() && items.iter().all(is_table) => {
            for (index, inner) in items.into_iter().enumerate() {
                collect(format!("{key}[{index}]"), inner, known, values);
            }
        }
        _ => drop(values.insert(key, value)),
    }
}
