use std::collections::BTreeSet;

use syn::{UseTree, ext::IdentExt as _};

/// A path, segment by segment.
pub(super) type Segments = Vec<String>;

/// What a module declares, imports and uses.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The names of the module's own items.
    pub(super) items: BTreeSet<String>,
    /// The names of the types that are declared exactly `pub`.
    pub(super) public_types: Vec<String>,
    pub(super) imports: Vec<Import>,
    /// The paths in the code, including names of variables.
    pub(super) paths: BTreeSet<Segments>,
    /// The lines of its inline test modules.
    pub(super) test_lines: usize,
}

/// One name of a `use` declaration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: Segments,
    /// The name in the importing module; none for a glob.
    pub(super) name: Option<String>,
    /// Whether other modules can import the name from here. A re-export alone does not count as a use of the name.
    pub(super) is_reexport: bool,
}

impl Import {
    /// All names of a `use` declaration.
    pub(super) fn all_of(tree: &UseTree, is_reexport: bool) -> Vec<Self> {
        let mut imports = Vec::new();
        collect(tree, &[], is_reexport, &mut imports);
        imports
    }
}

fn collect(tree: &UseTree, prefix: &[String], is_reexport: bool, imports: &mut Vec<Import>) {
    let (segment, alias) = match tree {
        UseTree::Path(path) => {
            let prefix = [prefix, &[path.ident.unraw().to_string()]].concat();
            return collect(&path.tree, &prefix, is_reexport, imports);
        }
        UseTree::Group(group) => {
            return group.items.iter().for_each(|tree| collect(tree, prefix, is_reexport, imports));
        }
        UseTree::Glob(_) => {
            return imports.push(Import { path: prefix.to_vec(), name: None, is_reexport });
        }
        UseTree::Name(name) => (&name.ident, None),
        UseTree::Rename(rename) => (&rename.ident, Some(rename.rename.unraw().to_string())),
    };
    let mut path = prefix.to_vec();
    if segment != "self" {
        path.push(segment.unraw().to_string());
    }
    let name = alias.or_else(|| path.last().cloned());
    imports.push(Import { path, name, is_reexport });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_renames_and_globs_are_taken_apart() {
        let declaration: syn::ItemUse =
            syn::parse_str("use crate::a::{self, B, c::{D as E, *}, f as _};").unwrap();
        let imports: Vec<_> = Import::all_of(&declaration.tree, false)
            .into_iter()
            .map(|import| format!("{} as {}", import.path.join("::"), import.name.as_deref().unwrap_or("*")))
            .collect();
        assert_eq!(
            imports,
            [
                "crate::a as a",
                "crate::a::B as B",
                "crate::a::c::D as E",
                "crate::a::c as *",
                "crate::a::f as _"
            ]
        );
    }
}
