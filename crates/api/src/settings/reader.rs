//! Takes keys out of the merged tree one by one and writes down everything that is wrong with them.
//!
//! A method that finds a problem notes it and answers with a stand-in, so that the reading goes on: whoever asked for the
//! settings gets the problems, and never sees a stand-in.

use std::{cell::RefCell, collections::BTreeSet, ops::RangeInclusive, path::PathBuf, time::Duration};

use config::{Value, ValueKind};
use url::Url;

use super::{
    problem::{Problem, SettingsErrors, variable},
    suggest,
    tree::{Tree, is_from_environment},
};

/// Reads a tree; see the module's documentation. No `Debug`: the tree holds secrets.
pub(super) struct Reader {
    tree: Tree,
    read: RefCell<BTreeSet<String>>,
    problems: RefCell<Vec<Problem>>,
}

impl Reader {
    pub(super) fn new(tree: Tree) -> Self {
        Self { tree, read: RefCell::default(), problems: RefCell::default() }
    }

    /// Notes that a key is wrong; `text` goes on after the key's name.
    pub(super) fn refuse(&self, key: &str, text: impl Into<String>) {
        self.problems.borrow_mut().push(Problem::of(key, text));
    }

    /// Whether the key or its `_file` twin has a value, sound or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.tree.get(key).is_some() || self.tree.get(&format!("{key}_file")).is_some()
    }

    /// Whether the key was given, not taken from the defaults.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.tree.given(key).is_some()
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        match &self.value(key)?.kind {
            ValueKind::String(text) => Some(text.clone()),
            other => self.wrong(key, "a text in quotes", other),
        }
    }

    /// A text that `parse` makes sense of; `wanted` says what to write, such as `an address and a port`. The text itself
    /// is not repeated: it could be a secret in the wrong place.
    pub(super) fn parsed<T>(
        &self,
        key: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(key)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.refuse(key, format!("must be {wanted}"));
        }
        parsed
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy, const N: usize>(&self, key: &str, words: [(&str, T); N]) -> Option<T> {
        let wanted = words.each_ref().map(|(word, _)| format!("\"{word}\"")).join(" or ");
        self.parsed(key, &wanted, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &str) -> bool {
        let Some(value) = self.value(key) else { return false };
        match &value.kind {
            ValueKind::Boolean(flag) => *flag,
            ValueKind::String(text) if is_from_environment(value) => text.parse().unwrap_or_else(|_| {
                self.refuse(key, "must be true or false");
                false
            }),
            other => self.wrong(key, "true or false, without quotes", other).unwrap_or_default(),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&self, key: &str, bounds: &RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + Copy + PartialOrd + std::fmt::Display,
    {
        let stand_in = *bounds.start();
        let Some(value) = self.value(key) else { return stand_in };
        let number = match &value.kind {
            ValueKind::I64(number) => Some(*number),
            ValueKind::String(text) if is_from_environment(value) => text.parse().ok(),
            other => return self.wrong(key, "a whole number, without quotes", other).unwrap_or(stand_in),
        };
        let number =
            number.and_then(|number| T::try_from(number).ok()).filter(|number| bounds.contains(number));
        number.unwrap_or_else(|| {
            self.refuse(key, format!("must be a whole number from {} to {}", bounds.start(), bounds.end()));
            stand_in
        })
    }

    /// A time such as `90s` or `14d`, within bounds.
    pub(super) fn duration(&self, key: &str, bounds: &RangeInclusive<Duration>) -> Duration {
        let show = humantime::format_duration;
        let wanted = format!(
            "a time from {} to {}, such as \"90s\", \"24h\" or \"14d\"",
            show(*bounds.start()),
            show(*bounds.end())
        );
        let within = |text: &str| humantime::parse_duration(text).ok().filter(|time| bounds.contains(time));
        self.parsed(key, &wanted, within).unwrap_or_default()
    }

    /// A URL with a host, of one of these schemes.
    pub(super) fn url(&self, key: &str, schemes: &[&str]) -> Option<Url> {
        let begin = schemes.iter().map(|scheme| format!("{scheme}://")).collect::<Vec<_>>().join(" or ");
        self.parsed(key, &format!("a URL that begins with {begin}"), |text| {
            let sound = |url: &Url| {
                schemes.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty())
            };
            Url::parse(text).ok().filter(sound)
        })
    }

    /// The path of a file or folder; whether it exists is not looked at.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// The path of a file that must be there.
    pub(super) fn file(&self, key: &str) -> Option<PathBuf> {
        let path = self.path(key)?;
        self.must_exist(key, &path);
        Some(path)
    }

    /// Texts: a list in a file; in the environment, one text with commas between them.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let items = match &value.kind {
            ValueKind::Array(items) => items.iter().map(|item| text_of(item).map(str::to_owned)).collect(),
            ValueKind::String(text) if is_from_environment(value) => {
                Some(text.split(',').map(|item| item.trim().to_owned()).collect())
            }
            _ => None,
        };
        items.map_or_else(
            || {
                self.refuse(key, "must be a list of texts, such as [\"one\", \"two\"]");
                Vec::new()
            },
            |items: Vec<String>| items.into_iter().filter(|item| !item.is_empty()).collect(),
        )
    }

    /// How many tables `[[key]]` there are.
    pub(super) fn tables(&self, key: &str) -> usize {
        let Some(value) = self.value(key) else { return 0 };
        match &value.kind {
            ValueKind::Array(items) if items.iter().all(|item| matches!(item.kind, ValueKind::Table(_))) => {
                items.len()
            }
            _ => {
                self.refuse(key, format!("can only be written as [[{key}]] tables in a configuration file"));
                0
            }
        }
    }

    /// Notes when a file is not there.
    pub(super) fn must_exist(&self, key: &str, path: &std::path::Path) {
        if !path.is_file() {
            self.refuse(key, format!("names {}, which is not there or is no file", path.display()));
        }
    }

    /// Ends the reading: everything that was given and never asked for is a problem too. `variables` are the names of
    /// the environment.
    pub(super) fn finish<'a>(
        self,
        variables: impl IntoIterator<Item = &'a String>,
    ) -> Result<(), SettingsErrors> {
        let mut problems = self.problems.into_inner();
        let read = self.read.into_inner();
        let unread = self.tree.leaves();
        let unread = unread.iter().filter(|(path, _)| !is_under(path, &read));
        problems.extend(unread.map(|(path, from_environment)| unknown(path, *from_environment, &read)));
        problems.extend(variables.into_iter().filter_map(|name| misspelt(name, &read)));
        if problems.is_empty() { Ok(()) } else { Err(SettingsErrors(problems)) }
    }

    /// The keys that were asked for.
    #[cfg(test)]
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.read.borrow().clone()
    }

    /// The keys of every default.
    #[cfg(test)]
    pub(super) fn defaults(&self) -> Vec<String> {
        self.tree.default_leaves()
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.read.borrow_mut().insert(key.to_owned());
        self.tree.get(key)
    }

    fn wrong<T>(&self, key: &str, wanted: &str, found: &ValueKind) -> Option<T> {
        let found = match found {
            ValueKind::Boolean(_) => "true or false",
            ValueKind::String(_) => "a text",
            ValueKind::Table(_) => "a section",
            ValueKind::Array(_) => "a list",
            ValueKind::Nil => "nothing",
            _ => "a number",
        };
        self.refuse(key, format!("must be {wanted}, not {found}"));
        None
    }
}

fn text_of(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a key was read, or something that it is a part of: then its problem is noted already.
fn is_under(path: &str, read: &BTreeSet<String>) -> bool {
    let ends = path.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| at);
    ends.chain([path.len()]).filter_map(|end| path.get(..end)).any(|part| read.contains(part))
}

fn unknown(path: &str, from_environment: bool, read: &BTreeSet<String>) -> Problem {
    if read.iter().any(|key| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))) {
        return Problem::of(path, "is a section: its keys are set one by one");
    }
    let hint = suggest::nearest(path, read.iter().map(String::as_str)).map(|near| match variable(near) {
        Some(variable) if from_environment => format!(": did you mean {variable}?"),
        _ => format!(": did you mean {near}?"),
    });
    Problem::of(path, format!("is not a setting{}", hint.unwrap_or_default()))
}

/// A variable such as `USHER_DATABASE_URL`, which would be passed over in silence. Others that begin with `USHER_` are
/// none of our business: container platforms make some for a service of that name.
fn misspelt(name: &str, read: &BTreeSet<String>) -> Option<Problem> {
    let single = |name: &str| name.to_uppercase().replace("__", "_");
    let meant = read.iter().filter_map(|key| variable(key)).find(|known| single(known) == single(name))?;
    let wrong = !name.eq_ignore_ascii_case(&meant);
    wrong.then(|| {
        Problem::general(format!("{name} is not a setting: did you mean {meant}, with two underscores?"))
    })
}
