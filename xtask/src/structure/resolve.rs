//! The file that defines a name.

use std::path::Path;

use super::{
    content::{Import, Segments},
    modules::{Module, ModuleTree},
};

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'a> {
    Module(usize),
    /// An item, or what follows an item in a path, such as a variant or an associated function.
    Item {
        file: &'a Path,
        name: &'a str,
    },
}

/// Follows a path of the code in the module `from`. Returns none for names of other crates, variables and type parameters.
///
/// Re-exports are followed to the definition. A name that a module does not declare counts as an item of the module: a macro
/// generates it.
pub(super) fn resolve<'a>(tree: &'a ModuleTree, from: usize, path: &'a [String]) -> Option<Target<'a>> {
    Resolver { tree, pending: Vec::new() }.path(from, path)
}

/// The lookup of one name in one module.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Lookup<'a> {
    module: usize,
    name: &'a str,
    /// Whether the name ends its path. A module and an item may share a name: the end of a path prefers the item.
    is_last: bool,
}

struct Resolver<'a> {
    tree: &'a ModuleTree,
    /// The lookups that wait for the current one. Imports may name each other: a lookup that waits for itself finds nothing.
    pending: Vec<Lookup<'a>>,
}

impl<'a> Resolver<'a> {
    fn path(&mut self, from: usize, path: &'a [String]) -> Option<Target<'a>> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(0, rest),
            "self" => self.descend(from, rest),
            "super" => self.ascend(from, path),
            _ => match self.name(Lookup { module: from, name: first, is_last: rest.is_empty() })? {
                Target::Module(module) => self.descend(module, rest),
                item @ Target::Item { .. } => Some(item),
            },
        }
    }

    fn ascend(&mut self, from: usize, path: &'a [String]) -> Option<Target<'a>> {
        match path.split_first() {
            Some((first, rest)) if first == "super" => self.ascend(self.module(from)?.parent?, rest),
            _ => self.descend(from, path),
        }
    }

    /// Follows a path from the module that it is known to start in.
    fn descend(&mut self, module: usize, path: &'a [String]) -> Option<Target<'a>> {
        let Some((name, rest)) = path.split_first() else { return Some(Target::Module(module)) };
        match self.name(Lookup { module, name, is_last: rest.is_empty() }) {
            Some(Target::Module(child)) => self.descend(child, rest),
            Some(item) => Some(item),
            None => self.undeclared(module, name),
        }
    }

    /// A name that a macro generates, or none when the module imports the name from another crate.
    fn undeclared(&self, index: usize, name: &'a str) -> Option<Target<'a>> {
        let module = self.module(index)?;
        let is_foreign = named(module, name).next().is_some();
        (!is_foreign).then_some(Target::Item { file: &module.file, name })
    }

    fn name(&mut self, lookup: Lookup<'a>) -> Option<Target<'a>> {
        if self.pending.contains(&lookup) {
            return None;
        }
        self.pending.push(lookup);
        let target = self.declared(lookup).or_else(|| self.by_glob(lookup));
        self.pending.pop();
        target
    }

    /// A name that the module defines or imports by name.
    fn declared(&mut self, lookup: Lookup<'a>) -> Option<Target<'a>> {
        let Lookup { module: index, name, is_last } = lookup;
        let module = self.module(index)?;
        let child = module.children.get(name).map(|child| Target::Module(*child));
        let item = module.content.items.contains(name).then_some(Target::Item { file: &module.file, name });
        let (preferred, other) = if is_last { (item, child) } else { (child, item) };
        if preferred.is_some() {
            return preferred;
        }
        let is_preferred = |target: &Target<'_>| is_last == matches!(target, Target::Item { .. });
        let imports: Vec<_> = named(module, name).filter_map(|path| self.path(index, path)).collect();
        imports.iter().copied().find(is_preferred).or(other).or(imports.first().copied())
    }

    fn by_glob(&mut self, lookup: Lookup<'a>) -> Option<Target<'a>> {
        let imports = &self.module(lookup.module)?.content.imports;
        let mut globs = imports.iter().filter(|import| import.name.is_none());
        globs.find_map(|import| match self.path(lookup.module, &import.path)? {
            Target::Module(module) => self.name(Lookup { module, ..lookup }),
            // An enum, whose variants have no entry of their own.
            Target::Item { .. } => None,
        })
    }

    fn module(&self, index: usize) -> Option<&'a Module> {
        self.tree.modules.get(index)
    }
}

fn named<'a>(module: &'a Module, name: &'a str) -> impl Iterator<Item = &'a Segments> {
    let is_named = move |import: &&Import| import.name.as_deref() == Some(name);
    module.content.imports.iter().filter(is_named).map(|import| &import.path)
}

#[cfg(test)]
mod tests;
