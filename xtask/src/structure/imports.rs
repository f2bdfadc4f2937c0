//! Which file imports which, and what.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    modules::ModuleTree,
    resolve::{Target, resolve},
};

/// The names that one file imports from another: (importing file, defining file) → names.
pub(super) type FileImports<'a> = BTreeMap<(&'a Path, &'a Path), BTreeSet<&'a str>>;

/// The imports between the files of a tree, from `use` declarations and from paths in the code.
///
/// A re-export by itself does not count as an import, and neither does `mod child;`. Using the name in the same file
/// does. Importing a module does not count either, but the paths that continue from it do.
pub(super) fn file_imports(tree: &ModuleTree) -> FileImports<'_> {
    let mut imports = FileImports::new();
    for (index, module) in tree.modules.iter().enumerate() {
        let content = &module.content;
        let declared = content.imports.iter().filter(|import| !import.is_reexport && import.name.is_some());
        for path in declared.map(|import| &import.path).chain(&content.paths) {
            if let Some(Target::Item { file, name }) = resolve(tree, index, path)
                && file != module.file
            {
                imports.entry((&module.file, file)).or_default().insert(name);
            }
        }
    }
    imports
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::sources::Package;

    fn imports_of(files: &[(&str, &str)]) -> Vec<String> {
        let package = Package::sample(files);
        let tree = ModuleTree::read(&package, &package.folder.join("src/lib.rs")).unwrap();
        let name = |file: &Path| file.strip_prefix("crates/sample/src").unwrap().display().to_string();
        let imports = file_imports(&tree);
        let line = |((from, to), names): (&(&Path, &Path), &BTreeSet<&str>)| {
            format!(
                "{} -> {}: {}",
                name(from),
                name(to),
                names.iter().copied().collect::<Vec<_>>().join(", ")
            )
        };
        imports.iter().map(line).collect()
    }

    #[test]
    fn uses_and_paths_are_imports_and_declarations_are_not() {
        let found = imports_of(&[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B; fn f(_: B) {}"),
            ("a.rs", "use super::b; pub struct A; fn f() { b::g(); crate::b::h() }"),
            ("b.rs", "pub struct B; fn g() {} fn h() {}"),
        ]);
        assert_eq!(found, ["a.rs -> b.rs: g, h", "lib.rs -> b.rs: B"]);
    }

    #[test]
    fn a_glob_imports_the_names_that_are_used() {
        let found = imports_of(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use super::b::*; fn f(_: B) {}"),
            ("b.rs", "pub struct B; pub struct C;"),
        ]);
        assert_eq!(found, ["a.rs -> b.rs: B"]);
    }
}
