//! Public types that share a name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Names that two public types may have, each with the reason.
const ALLOWED: [(&str, &str); 0] = [];

/// The files that define each public type.
#[derive(Default)]
pub(super) struct TypeNames {
    files: BTreeMap<String, Vec<PathBuf>>,
}

impl TypeNames {
    pub(super) fn add(&mut self, name: &str, file: &Path) {
        self.files.entry(name.to_owned()).or_default().push(file.to_owned());
    }

    /// The names that more than one type has, with the files.
    pub(super) fn duplicates(&self) -> impl Iterator<Item = (&str, &[PathBuf])> {
        let is_allowed = |name: &str| ALLOWED.iter().any(|(allowed, _)| *allowed == name);
        let names = self.files.iter().map(|(name, files)| (name.as_str(), files.as_slice()));
        names.filter(move |(name, files)| files.len() > 1 && !is_allowed(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_two_types_have_is_a_duplicate() {
        let mut names = TypeNames::default();
        for (name, file) in [("A", "a.rs"), ("B", "a.rs"), ("A", "b.rs")] {
            names.add(name, Path::new(file));
        }
        let files = ["a.rs", "b.rs"].map(PathBuf::from);
        assert_eq!(names.duplicates().collect::<Vec<_>>(), [("A", files.as_slice())]);
    }
}
