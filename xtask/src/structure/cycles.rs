//! Import cycles between files.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::imports::FileImports;

/// Files that all import each other, directly or through others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    pub(super) files: Vec<PathBuf>,
    /// The imports between them, one line each.
    pub(super) imports: Vec<String>,
}

/// All cycles. Cycles that share a file are one.
pub(super) fn cycles(imports: &FileImports<'_>) -> Vec<Cycle> {
    let mut targets = BTreeMap::<&Path, Vec<&Path>>::new();
    for (from, to) in imports.keys() {
        targets.entry(from).or_default().push(to);
    }
    let imported: BTreeMap<&Path, _> =
        targets.keys().map(|file| (*file, reachable(file, &targets))).collect();
    let reaches = |from: &Path, to: &Path| imported.get(from).is_some_and(|files| files.contains(to));
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for file in targets.keys().copied() {
        if !seen.contains(file) && reaches(file, file) {
            let files: BTreeSet<&Path> = targets
                .keys()
                .copied()
                .filter(|other| reaches(file, other) && reaches(other, file))
                .collect();
            found.push(Cycle::new(&files, imports));
            seen.extend(files);
        }
    }
    found
}

/// The files that `file` imports, directly or through others.
fn reachable<'a>(file: &'a Path, targets: &BTreeMap<&'a Path, Vec<&'a Path>>) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        let imported = targets.get(file).into_iter().flatten().copied();
        open.extend(imported.filter(|imported| reached.insert(*imported)));
    }
    reached
}

impl Cycle {
    fn new(files: &BTreeSet<&Path>, imports: &FileImports<'_>) -> Self {
        let inside = imports.iter().filter(|((from, to), _)| files.contains(from) && files.contains(to));
        let line = |((from, to), names): (&(&Path, &Path), &BTreeSet<&str>)| {
            let names: Vec<&str> = names.iter().copied().collect();
            format!("{} imports {} from {}", from.display(), names.join(", "), to.display())
        };
        Self {
            files: files.iter().map(|file| file.to_path_buf()).collect(),
            imports: inside.map(line).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(pairs: &[(&'static str, &'static str)]) -> FileImports<'static> {
        pairs.iter().map(|(from, to)| ((Path::new(*from), Path::new(*to)), BTreeSet::from(["X"]))).collect()
    }

    #[test]
    fn files_without_a_way_back_are_no_cycle() {
        assert_eq!(cycles(&imports(&[("a", "b"), ("b", "c"), ("a", "c")])), []);
    }

    #[test]
    fn a_cycle_lists_its_files_and_the_names_that_tie_it() {
        let found =
            cycles(&imports(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "e"), ("e", "f"), ("f", "d")]));
        let files: Vec<_> = found.iter().map(|cycle| cycle.files.clone()).collect();
        assert_eq!(
            files,
            [vec!["b", "c"], vec!["d", "e", "f"]]
                .map(|files| files.into_iter().map(PathBuf::from).collect::<Vec<_>>())
        );
        assert_eq!(found[0].imports, ["b imports X from c", "c imports X from b"]);
    }
}
