//! The tree of modules of one library or program.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use syn::{Expr, Item, ItemMod, Lit, Meta, ext::IdentExt as _};
use usher_tooling::Failure;

use super::{content::Content, scan::Scan, sources::Package};

/// The modules of a library or program; the first one is its root.
pub(super) struct ModuleTree {
    pub(super) modules: Vec<Module>,
}

pub(super) struct Module {
    pub(super) file: PathBuf,
    pub(super) parent: Option<usize>,
    /// The child modules, as indices into the tree.
    pub(super) children: BTreeMap<String, usize>,
    pub(super) content: Content,
}

impl ModuleTree {
    /// Reads the tree that starts at `root`, one of the package's files.
    pub(super) fn read(package: &Package, root: &Path) -> Result<Self, Failure> {
        let mut tree = Self { modules: Vec::new() };
        let folder = root.parent().unwrap_or(root);
        tree.read_file(package, root, folder, None)?;
        Ok(tree)
    }

    /// Reads a module that has its own file. `folder` holds the files of its children.
    fn read_file(
        &mut self,
        package: &Package,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
    ) -> Result<usize, Failure> {
        let at = |reason: &str| Failure::from(reason).at(&file.display().to_string());
        let text = package.files.get(file).ok_or_else(|| at("this file of a module is missing"))?;
        let syntax = syn::parse_file(text).map_err(|error| at(&error.to_string()))?;
        self.read_items(package, &syntax.items, file, folder, parent)
    }

    fn read_items(
        &mut self,
        package: &Package,
        items: &[Item],
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
    ) -> Result<usize, Failure> {
        let Scan { content, children } = Scan::of(items);
        let index = self.modules.len();
        self.modules.push(Module { file: file.to_owned(), parent, children: BTreeMap::new(), content });
        let mut read = BTreeMap::new();
        for child in children {
            let name = child.ident.unraw().to_string();
            let child_folder = folder.join(&name);
            let child_index = if let Some((_, items)) = &child.content {
                self.read_items(package, items, file, &child_folder, Some(index))?
            } else {
                let file = file_of(package, child, folder, file);
                self.read_file(package, &file, &child_folder, Some(index))?
            };
            read.insert(name, child_index);
        }
        if let Some(module) = self.modules.get_mut(index) {
            module.children = read;
        }
        Ok(index)
    }
}

/// The file of a module that `parent` declares.
fn file_of(package: &Package, module: &ItemMod, folder: &Path, parent: &Path) -> PathBuf {
    if let Some(path) = path_attribute(module) {
        return parent.with_file_name(path);
    }
    let name = module.ident.unraw().to_string();
    let beside = folder.join(&name).with_extension("rs");
    if package.files.contains_key(&beside) { beside } else { folder.join(name).join("mod.rs") }
}

/// The value of `#[path = "…"]`.
fn path_attribute(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("path")
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(path) = &literal.lit
        {
            return Some(path.value());
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_in_files_folders_and_inline() {
        let package = Package::sample(&[
            ("lib.rs", "mod a; mod b; mod tests; #[cfg(test)] mod c; #[path = \"x/y.rs\"] mod d;"),
            ("a.rs", "mod inner;"),
            ("a/inner.rs", ""),
            ("b/mod.rs", "mod inline { mod deep; }"),
            ("b/inline/deep.rs", ""),
            ("x/y.rs", ""),
        ]);
        let tree = ModuleTree::read(&package, &package.folder.join("src/lib.rs")).unwrap();
        let files: Vec<_> = tree
            .modules
            .iter()
            .map(|module| module.file.strip_prefix("crates/sample/src").unwrap())
            .collect();
        let expected = ["lib.rs", "a.rs", "a/inner.rs", "b/mod.rs", "b/mod.rs", "b/inline/deep.rs", "x/y.rs"];
        assert_eq!(files, expected.map(Path::new));
    }

    #[test]
    fn a_missing_file_is_reported_with_its_path() {
        let package = Package::sample(&[("lib.rs", "mod a;")]);
        let failure = ModuleTree::read(&package, &package.folder.join("src/lib.rs")).err().unwrap();
        assert_eq!(failure.reason(), "crates/sample/src/a/mod.rs: this file of a module is missing");
    }
}
