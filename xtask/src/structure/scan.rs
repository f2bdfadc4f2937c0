//! What one module declares, imports and uses, read from its syntax tree.

use syn::{
    Attribute, ImplItemFn, Item, ItemMod, ItemUse, Macro, Meta, Visibility,
    ext::IdentExt as _,
    visit::{self, Visit},
};

use super::{
    attributes::{attributes, is_test},
    content::{Content, Import},
    tokens,
};

/// The content of one module, and its child modules. Test code is left out.
#[derive(Default)]
pub(super) struct Scan<'ast> {
    pub(super) content: Content,
    /// The child modules, in this file and in their own files.
    pub(super) children: Vec<&'ast ItemMod>,
}

impl<'ast> Scan<'ast> {
    pub(super) fn of(items: &'ast [Item]) -> Self {
        let mut scan = Self::default();
        for item in items {
            scan.declare(item);
            scan.visit_item(item);
        }
        scan
    }

    fn declare(&mut self, item: &Item) {
        let (name, visibility) = match item {
            Item::Struct(item) => (&item.ident, Some(&item.vis)),
            Item::Enum(item) => (&item.ident, Some(&item.vis)),
            Item::Trait(item) => (&item.ident, Some(&item.vis)),
            Item::Type(item) => (&item.ident, Some(&item.vis)),
            Item::Union(item) => (&item.ident, Some(&item.vis)),
            Item::Const(item) => (&item.ident, None),
            Item::Static(item) => (&item.ident, None),
            Item::Fn(item) => (&item.sig.ident, None),
            Item::Macro(item) => {
                match &item.ident {
                    Some(name) => _ = self.content.items.insert(name.unraw().to_string()),
                    None => self.content.public_types.extend(tokens::public_types(item.mac.tokens.clone())),
                }
                return;
            }
            _ => return,
        };
        if is_test(attributes(item)) {
            return;
        }
        let name = name.unraw().to_string();
        // If the module already has the name, this item is the same one for another platform or feature.
        let is_new = self.content.items.insert(name.clone());
        if is_new && matches!(visibility, Some(Visibility::Public(_))) {
            self.content.public_types.push(name);
        }
    }

    fn use_tokens(&mut self, tokens: &proc_macro2::TokenStream) {
        self.content.paths.extend(tokens::paths(tokens.clone()));
    }
}

impl<'ast> Visit<'ast> for Scan<'ast> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        } else if let Item::Mod(module) = item {
            self.content.test_lines += lines(module);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.ident == "tests" {
            self.content.test_lines += lines(module);
        } else {
            self.children.push(module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, Visibility::Inherited);
            self.content.imports.extend(Import::all_of(&item.tree, is_reexport));
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.content
                .paths
                .insert(path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.use_tokens(&call.tokens);
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.use_tokens(&list.tokens);
        }
        visit::visit_attribute(self, attribute);
    }
}

/// The lines of a module that is in this file; 0 for one that has its own file.
fn lines(module: &ItemMod) -> usize {
    let Some((braces, _)) = &module.content else { return 0 };
    let first = module.attrs.first().map_or(module.mod_token.span, |attribute| attribute.pound_token.span);
    braces.span.close().end().line - first.start().line + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_code_is_scanned_and_test_code_is_counted() {
        let text = "
            use crate::a::A;
            pub struct B(super::c::C);
            pub(crate) struct D;
            make! { pub struct E; }
            fn f() { use self::g::G; h!(i::J) }
            #[cfg(test)] use crate::k::K;
            mod l { use crate::m::M; }
            #[cfg(test)]
            mod tests {
                use crate::n::N;
            }
        ";
        let file = syn::parse_file(text).unwrap();
        let Scan { content, children } = Scan::of(&file.items);
        let imports: Vec<_> = content.imports.iter().map(|import| import.path.join("::")).collect();
        assert_eq!(imports, ["crate::a::A", "self::g::G"]);
        let paths: Vec<_> = content.paths.iter().map(|path| path.join("::")).collect();
        assert_eq!(paths, ["E", "crate", "h", "i::J", "make", "pub", "struct", "super::c::C"]);
        assert_eq!(content.public_types, ["B", "E"]);
        assert_eq!(content.items.iter().collect::<Vec<_>>(), ["B", "D", "f"]);
        assert_eq!(content.test_lines, 4);
        assert_eq!(children.len(), 1);
    }
}
