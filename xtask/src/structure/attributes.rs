//! The attributes of items.

use syn::{Attribute, Item, Meta};

/// Whether the attributes exclude an item from all builds except that of the tests.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test")
        }
        _ => false,
    })
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_items_of_test_builds_are_test_code() {
        for (item, expected) in [
            ("#[cfg(test)] mod a;", true),
            ("#[cfg(all(test, unix))] use a::b;", true),
            ("#[test] fn a() {}", true),
            ("#[cfg(any(test, feature = \"testkit\"))] mod a;", false),
            ("#[cfg(unix)] fn a() {}", false),
        ] {
            assert_eq!(is_test(attributes(&syn::parse_str(item).unwrap())), expected, "{item}");
        }
    }
}
