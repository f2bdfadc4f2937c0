//! The figures of a checkout, and the violations.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    path::{Path, PathBuf},
};

use usher_tooling::Failure;

use super::{
    cycles::{Cycle, cycles},
    imports::file_imports,
    modules::ModuleTree,
    sources::Package,
    type_names::TypeNames,
};

/// A file with more lines should be split.
const LONG: usize = 400;

/// Lines of one kind of code, and the number of files that contain it.
#[derive(Default)]
struct Amount {
    lines: usize,
    files: usize,
}

impl Amount {
    fn add(&mut self, lines: usize) {
        self.lines += lines;
        self.files += 1;
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines in {} files", self.lines, self.files)
    }
}

#[derive(Default)]
pub(super) struct Report {
    production: Amount,
    test: Amount,
    tooling: Amount,
    long: Vec<(usize, PathBuf)>,
    cycles: Vec<Cycle>,
    type_names: TypeNames,
}

impl Report {
    pub(super) fn measure(packages: &[Package]) -> Result<Self, Failure> {
        let mut report = Self::default();
        for package in packages {
            let trees = package.roots().map(|root| ModuleTree::read(package, root));
            let trees = trees.collect::<Result<Vec<_>, _>>()?;
            report.count_files(package, &trees);
            for tree in &trees {
                report.cycles.extend(cycles(&file_imports(tree)));
                if !package.is_tooling() {
                    report.add_types(tree);
                }
            }
        }
        report.long.sort();
        report.long.reverse();
        Ok(report)
    }

    fn count_files(&mut self, package: &Package, trees: &[ModuleTree]) {
        // Without the files of modules that only tests compile.
        let mut inline_tests = BTreeMap::<&Path, usize>::new();
        for module in trees.iter().flat_map(|tree| &tree.modules) {
            *inline_tests.entry(&module.file).or_default() += module.content.test_lines;
        }
        for (file, text) in &package.files {
            let lines = text.lines().count();
            if lines > LONG {
                self.long.push((lines, file.clone()));
            }
            if package.is_tooling() {
                self.tooling.add(lines);
            } else if let Some(inline) = inline_tests.get(file.as_path()) {
                self.production.add(lines - inline);
                self.test.lines += inline;
            } else {
                self.test.add(lines);
            }
        }
    }

    fn add_types(&mut self, tree: &ModuleTree) {
        for module in &tree.modules {
            for name in &module.content.public_types {
                self.type_names.add(name, &module.file);
            }
        }
    }

    /// The figures, one per line.
    pub(super) fn table(&self) -> String {
        let mut long_files = self.long.len().to_string();
        for (lines, file) in &self.long {
            let _ = write!(long_files, "\n{:<30}{} ({lines})", "", file.display());
        }
        let rows = [
            ("production code", self.production.to_string()),
            ("test code", self.test.to_string()),
            ("tooling code", self.tooling.to_string()),
            ("files over 400 lines", long_files),
            ("import cycles", self.cycles.len().to_string()),
            ("public type names used twice", self.type_names.duplicates().count().to_string()),
        ];
        let mut table = String::new();
        for (name, figure) in rows {
            let _ = writeln!(table, "{name:<30}{figure}");
        }
        table
    }

    /// What to change; none when all rules hold.
    pub(super) fn violations(&self) -> Option<String> {
        let cycles = self.cycles.iter().map(describe_cycle);
        let names = self.type_names.duplicates().map(|(name, files)| describe_duplicate(name, files));
        let violations: Vec<String> = cycles.chain(names).collect();
        let count = violations.len();
        (count > 0).then(|| format!("{count} violations\n\n{}", violations.join("\n\n")))
    }
}

fn describe_cycle(cycle: &Cycle) -> String {
    let files = cycle.files.len();
    let imports = cycle.imports.join("\n  ");
    format!(
        "{files} files import each other in a cycle. Move the names of one import to a file of their own:\n  {imports}"
    )
}

fn describe_duplicate(name: &str, files: &[PathBuf]) -> String {
    let count = files.len();
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let files = files.join("\n  ");
    format!(
        "{count} public types are called {name}. Rename all but one, or narrow their visibility:\n  {files}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(files: &[(&str, &str)]) -> Report {
        Report::measure(&[Package::sample(files)]).unwrap()
    }

    #[test]
    fn each_line_is_counted_once() {
        let long = "// A line.\n".repeat(LONG + 1);
        let figures = report(&[
            ("lib.rs", "mod long;\n#[cfg(test)] mod support;\n#[cfg(test)]\nmod tests {\n}\n"),
            ("support.rs", "fn f() {}\n"),
            ("long.rs", &long),
        ]);
        let expected = "\
            production code               403 lines in 2 files\n\
            test code                     4 lines in 1 files\n\
            tooling code                  0 lines in 0 files\n\
            files over 400 lines          1\n                              \
            crates/sample/src/long.rs (401)\n\
            import cycles                 0\n\
            public type names used twice  0\n";
        assert_eq!(figures.table(), expected);
        assert_eq!(figures.violations(), None);
    }

    #[test]
    fn violations_say_what_to_change() {
        let text = report(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A; pub struct C;"),
            ("b.rs", "use crate::a::A; pub struct B; pub enum C {}"),
        ]);
        let text = text.violations().unwrap();
        assert!(text.contains("  crates/sample/src/a.rs imports B from crates/sample/src/b.rs\n"), "{text}");
        assert!(text.starts_with("2 violations\n"), "{text}");
        assert!(text.contains("2 public types are called C."), "{text}");
    }
}
