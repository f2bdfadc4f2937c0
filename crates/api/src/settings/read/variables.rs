//! Checks the names of environment variables before the `config` crate reads them.
//!
//! That crate reads names in any case and as paths. If two names have the same path, it keeps either value, and an
//! index such as `[9]` allocates a list of that length.

use std::collections::{BTreeMap, HashMap};

use crate::settings::problem::Problem;

/// Every variable of a setting begins with it, in any case.
const PREFIX: &str = "usher__";

/// Separates sections and keys in names.
const SEPARATOR: &str = "__";

/// Returns the variables of settings that have a value and do not contradict each other, and a problem for each other
/// variable of a setting. Of variables that contradict each other one is kept, so that its value is checked, too.
pub(super) fn accepted(
    environment: &BTreeMap<String, String>,
    known: &[String],
) -> (HashMap<String, String>, Vec<Problem>) {
    let mut problems = Vec::new();
    // The names as given, by the names in lower case.
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for (name, _) in environment.iter().filter(|(_, value)| !value.is_empty()) {
        let lower = name.to_lowercase();
        if !lower.starts_with(PREFIX) {
            continue;
        }
        if name.contains(['[', ']', '.']) {
            problems.push(Problem::general(format!(
                "{name} is not a setting: the names of variables hold no brackets and no dots"
            )));
        } else if let Some(first) = names.get(&lower) {
            problems.push(contradiction(first, name));
        } else {
            names.insert(lower, name.as_str());
        }
    }
    let mut dropped = Vec::new();
    for (lower, name) in &names {
        for outer in outer_names(lower) {
            let Some(outer_name) = names.get(outer) else { continue };
            problems.push(contradiction(outer_name, name));
            let is_known = known.contains(&outer[PREFIX.len()..].replace(SEPARATOR, "."));
            dropped.push(if is_known { lower.clone() } else { outer.to_owned() });
        }
    }
    for lower in dropped {
        names.remove(&lower);
    }
    let variables = names.into_values().map(|name| (name.to_owned(), environment[name].clone()));
    (variables.collect(), problems)
}

/// The beginning of the variables of tables, which the number of the table follows.
const TABLES: &str = "usher__auth__issuers__";

/// Separates the variables of keys in tables from the others, with the keys: `USHER__AUTH__ISSUERS__0__ISSUER` is
/// `auth.issuers[0].issuer`. The `config` crate would replace all tables of the file by the one with the variable.
pub(super) fn split_tables(
    variables: HashMap<String, String>,
) -> (BTreeMap<String, String>, HashMap<String, String>) {
    let mut in_tables = BTreeMap::new();
    let others = variables.into_iter().filter_map(|(name, text)| match table_key(&name) {
        Some(key) => {
            in_tables.insert(key, text);
            None
        }
        None => Some((name, text)),
    });
    let others = others.collect();
    (in_tables, others)
}

fn table_key(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let (index, key) = lower.strip_prefix(TABLES)?.split_once(SEPARATOR)?;
    let index: u8 = index.parse().ok()?;
    Some(format!("auth.issuers[{index}].{}", key.replace(SEPARATOR, ".")))
}

fn contradiction(one: &str, other: &str) -> Problem {
    Problem::general(format!("{one} and {other} contradict each other: keep one of them"))
}

/// Returns the names of the sections around a name: for `usher__auth__secret` it is `usher__auth`.
fn outer_names(lower: &str) -> impl Iterator<Item = &str> {
    let ends = lower[PREFIX.len()..].match_indices(SEPARATOR);
    ends.map(|(end, _)| &lower[..PREFIX.len() + end])
}
