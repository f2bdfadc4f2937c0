//! Reads sections through serde and collects everything that is wrong with them.
//!
//! Serde stops at the first mistake. [`Reader::section`] records it, drops the value so that the default applies, and
//! deserializes the section again, until it succeeds. The caller of [`Settings::load`](super::Settings::load) gets the
//! problems or the settings, so a default in place of a wrong value is never used.

mod layers;
mod secret_files;
mod shown;
mod value;
mod variables;

use config::Value;
use serde::de::DeserializeOwned;

#[cfg(test)]
pub(super) use self::layers::{DEFAULTS, known_keys};
use self::layers::{Layers, Values, is_from_environment};
pub(super) use self::shown::shown;
pub use self::shown::{SettingSource, ShownSetting};
use super::{
    Sources,
    problem::{Problem, SettingsProblems, variable},
    suggest,
};

/// Reads the sources section by section. No `Debug`: the values hold secrets.
pub(super) struct Reader {
    layers: Layers,
    problems: Vec<Problem>,
    unknown: Vec<Problem>,
}

impl Reader {
    /// Reads the sources and the secret files. Fails only if a source cannot be read at all.
    pub(super) fn new(sources: &Sources) -> Result<Self, SettingsProblems> {
        let mut layers = Layers::read(sources).map_err(|problem| SettingsProblems(vec![problem]))?;
        let problems = std::mem::take(&mut layers.problems);
        let mut reader = Self { layers, problems, unknown: Vec::new() };
        reader.read_secret_files();
        Ok(reader)
    }

    /// Reports a problem of a key or a table; `text` completes a sentence that begins with its name.
    ///
    /// A key has at most one problem: a message about another rule would mislead if the value is already wrong.
    pub(super) fn report(&mut self, key: &str, text: impl Into<String>) {
        if !self.is_reported(key) {
            self.problems.push(Problem::for_key(key, text));
        }
    }

    /// Whether a problem has been reported for the key or for its `_file` twin.
    pub(super) fn is_reported(&self, key: &str) -> bool {
        let is_twin = |rest: &str| rest.is_empty() || rest == "_file";
        self.problems.iter().any(|problem| problem.key.strip_prefix(key).is_some_and(is_twin))
    }

    /// Deserializes a section. Fails only if the embedded defaults are defective.
    pub(super) fn section<T: DeserializeOwned>(&mut self, section: &str) -> Result<T, SettingsProblems> {
        let prefix = format!("{section}.");
        let mut given: Values = self.layers.given.extract_if(.., |key, _| key.starts_with(&prefix)).collect();
        loop {
            let defaults = self.layers.defaults.iter().filter(|(key, _)| !given.contains_key(*key));
            let entries = defaults.chain(&given);
            let entries = entries.filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?, value)));
            let fault = match T::deserialize(value::section(entries)) {
                Ok(section) => return Ok(section),
                Err(fault) => fault,
            };
            let key = format!("{prefix}{}", fault.name.unwrap_or_default());
            let Some(value) = given.remove(&key) else {
                let text = format!("the embedded defaults are defective: {key} {}", fault.text);
                return Err(SettingsProblems(vec![Problem::general(text)]));
            };
            match fault.expected {
                None => self.report(&key, fault.text),
                Some(names) => {
                    let siblings = names.iter().map(|name| format!("{prefix}{name}"));
                    self.report_unknown(&key, &value, siblings);
                }
            }
        }
    }

    /// Deserializes the tables `[[key]]`, each with its name such as `key[0]`.
    pub(super) fn tables<T: DeserializeOwned>(
        &mut self,
        key: &str,
    ) -> Result<Vec<(String, T)>, SettingsProblems> {
        if self.layers.given.remove(key).is_some() {
            let example = format!("USHER__{}__0__…", key.replace('.', "__").to_uppercase());
            let text = format!(
                "is a list: write [[{key}]] tables in a configuration file, or variables such as {example}"
            );
            self.report(key, text);
        }
        let mut tables = Vec::new();
        loop {
            let table = format!("{key}[{}]", tables.len());
            let prefix = format!("{table}.");
            let is_empty = self.layers.given.remove(&table).is_some();
            if !is_empty && !self.layers.given.keys().any(|key| key.starts_with(&prefix)) {
                return Ok(tables);
            }
            let section = self.section(&table)?;
            tables.push((table, section));
        }
    }

    /// Reports a file that does not exist.
    pub(super) fn check_file(&mut self, key: &str, path: &std::path::Path) {
        if !path.is_file() {
            self.report(key, format!("names {}, which does not exist or is not a file", path.display()));
        }
    }

    /// Returns all problems, in the order of `config/default.toml`, then unknown keys. Keys outside the sections that
    /// were read are unknown, too. `variables` are the names of the environment.
    pub(super) fn finish<'a>(
        mut self,
        variables: impl IntoIterator<Item = &'a String>,
    ) -> Result<(), SettingsProblems> {
        for (key, value) in std::mem::take(&mut self.layers.given) {
            self.report_unknown(&key, &value, []);
        }
        let known = &self.layers.known;
        let section = |key: &str| key.split('.').next().map(str::to_owned);
        let position = |problem: &Problem| {
            let exact = known.iter().position(|key| *key == problem.key);
            exact.or_else(|| known.iter().rposition(|key| section(key) == section(&problem.key)))
        };
        let mut problems = self.problems;
        problems.sort_by_key(position);
        self.unknown.sort_by(|a, b| a.key.cmp(&b.key));
        problems.extend(self.unknown);
        problems.extend(variables.into_iter().filter_map(|name| misspelt(name, known)));
        if problems.is_empty() { Ok(()) } else { Err(SettingsProblems(problems)) }
    }

    /// Reports a key that does not exist, with the nearest key among the known keys and `others`.
    fn report_unknown(&mut self, key: &str, value: &Value, others: impl IntoIterator<Item = String>) {
        let known = &self.layers.known;
        if known.iter().any(|known| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))) {
            self.unknown.push(Problem::for_key(key, "is a section: its keys are set one by one"));
            return;
        }
        let others: Vec<String> = others.into_iter().collect();
        let nearest = suggest::nearest(key, known.iter().chain(&others).map(String::as_str));
        let hint = nearest.map(|nearest| match variable(nearest) {
            Some(variable) if is_from_environment(value) => format!(": did you mean {variable}?"),
            _ => format!(": did you mean {nearest}?"),
        });
        self.unknown.push(Problem::for_key(key, format!("is not a setting{}", hint.unwrap_or_default())));
    }
}

/// Reports a variable such as `USHER_DATABASE_URL`, which would be ignored. Other variables that begin with `USHER_` are
/// allowed: container platforms set some for a service of that name.
fn misspelt(name: &str, known: &[String]) -> Option<Problem> {
    let single = |name: &str| name.to_uppercase().replace("__", "_");
    let meant = known.iter().filter_map(|key| variable(key)).find(|known| single(known) == single(name))?;
    let is_wrong = !name.eq_ignore_ascii_case(&meant);
    is_wrong.then(|| {
        Problem::general(format!("{name} is not a setting: did you mean {meant}, with two underscores?"))
    })
}
