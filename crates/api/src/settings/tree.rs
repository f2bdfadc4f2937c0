//! The merged tree: which value a key has, and where it comes from.

use std::{collections::HashMap, path::Path};

use config::{Config, ConfigError, Environment, File, FileFormat, Value, ValueKind};

use super::{load::Sources, problem::Problem};

/// Every key with its default, as operators read it.
pub(super) const DEFAULTS: &str = include_str!("../../../../config/default.toml");

/// What the names of environment variables begin with. `USHER_CONFIG` does not, so it is no key.
pub(super) const PREFIX: &str = "USHER__";

/// What the `config` crate writes as the origin of a value from the environment.
const FROM_ENVIRONMENT: &str = "the environment";

/// Defaults, and above them what was given. They stay apart, so that a default never collides with a `_file` twin.
pub(super) struct Tree {
    defaults: Value,
    given: Value,
}

impl Tree {
    /// Reads and merges the sources. An error is a source that cannot be read at all.
    pub(super) fn merge(sources: &Sources) -> Result<Self, Problem> {
        let defaults = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)).build();
        let mut given = Config::builder();
        if let Some(path) = &sources.file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Problem::general(format!("the configuration file {} cannot be read: {error}", path.display()))
            })?;
            // Alone first: afterwards nobody could tell which source an error comes from.
            let file = File::from_str(&text, FileFormat::Toml);
            Config::builder().add_source(file.clone()).build().map_err(|error| unreadable(path, &error))?;
            given = given.add_source(file);
        }
        let variables: HashMap<String, String> = sources.environment.clone().into_iter().collect();
        let environment = Environment::with_prefix("USHER").separator("__").ignore_empty(true);
        let given = given.add_source(environment.source(Some(variables))).build();
        match (defaults, given) {
            (Ok(defaults), Ok(given)) => Ok(Self { defaults: defaults.cache, given: given.cache }),
            (Err(error), _) | (_, Err(error)) => Err(Problem::general(error.to_string())),
        }
    }

    /// The value of a key: given, or else the default. Empty texts and lists are not there.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        self.given(path).or_else(|| find(&self.defaults, path))
    }

    /// The value of a key when somebody gave one.
    pub(super) fn given(&self, path: &str) -> Option<&Value> {
        find(&self.given, path)
    }

    /// The paths of everything that was given, with where it comes from.
    pub(super) fn leaves(&self) -> Vec<(String, bool)> {
        let mut leaves = Vec::new();
        collect(&self.given, String::new(), &mut leaves);
        leaves.sort();
        leaves
    }

    /// The paths of every default.
    #[cfg(test)]
    pub(super) fn default_leaves(&self) -> Vec<String> {
        let mut leaves = Vec::new();
        collect(&self.defaults, String::new(), &mut leaves);
        leaves.into_iter().map(|(path, _)| path).collect()
    }
}

/// Whether a value comes from the environment, where everything is text.
pub(super) fn is_from_environment(value: &Value) -> bool {
    value.origin() == Some(FROM_ENVIRONMENT)
}

/// The parser's message without the lines of the file that it quotes: one of them could hold a secret.
fn unreadable(path: &Path, error: &ConfigError) -> Problem {
    let text = error.to_string();
    let is_quote = |line: &&str| {
        line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|')
    };
    let said: Vec<&str> = text.lines().filter(|line| !is_quote(line)).map(str::trim).collect();
    let text = format!("the configuration file {} is not sound TOML: {}", path.display(), said.join(": "));
    Problem::general(text)
}

fn find<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    let found = path.split('.').try_fold(root, |value, step| match step.strip_suffix(']') {
        None => child(value, step),
        Some(step) => {
            let (name, index) = step.split_once('[')?;
            let ValueKind::Array(items) = &child(value, name)?.kind else { return None };
            items.get(index.parse::<usize>().ok()?)
        }
    })?;
    match &found.kind {
        ValueKind::String(text) if text.is_empty() => None,
        ValueKind::Array(items) if items.is_empty() => None,
        ValueKind::Nil => None,
        _ => Some(found),
    }
}

fn child<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match &value.kind {
        ValueKind::Table(table) => table.get(name),
        _ => None,
    }
}

fn collect(value: &Value, path: String, leaves: &mut Vec<(String, bool)>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, inner) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(inner, path, leaves);
            }
        }
        ValueKind::Array(items) if items.iter().any(|item| matches!(item.kind, ValueKind::Table(_))) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, format!("{path}[{index}]"), leaves);
            }
        }
        _ => leaves.push((path, is_from_environment(value))),
    }
}
