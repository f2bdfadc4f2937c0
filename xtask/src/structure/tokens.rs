//! Paths in the arguments of macros and attributes, which have no syntax tree.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;

/// The paths of a token stream, such as `a::b`. Single names count as paths. Names after a dot, after a lifetime's quote and
/// after a leading `::` do not.
pub(super) fn paths(tokens: TokenStream) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

/// The names of the types that the tokens define as `pub`.
pub(super) fn public_types(tokens: TokenStream) -> Vec<String> {
    let words: Vec<String> = tokens.into_iter().map(|token| token.to_string()).collect();
    let define = |words: &[String]| match words {
        [visibility, keyword, name] if visibility == "pub" && TYPE_KEYWORDS.contains(&keyword.as_str()) => {
            Some(name.clone())
        }
        _ => None,
    };
    words.windows(3).filter_map(define).collect()
}

const TYPE_KEYWORDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

fn collect(tokens: TokenStream, found: &mut Vec<Vec<String>>) {
    let mut path = Vec::new();
    // The punctuation since the last name.
    let mut separator = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                if separator != "::" {
                    finish(&mut path, found);
                }
                let is_member = separator == "." || separator.ends_with('\'') || separator.ends_with("::");
                let is_start = path.is_empty() && !is_member;
                if is_start || !path.is_empty() {
                    path.push(name.unraw().to_string());
                }
                separator.clear();
            }
            TokenTree::Punct(punctuation) => separator.push(punctuation.as_char()),
            TokenTree::Group(group) => {
                finish(&mut path, found);
                separator.clear();
                collect(group.stream(), found);
            }
            TokenTree::Literal(_) => {
                finish(&mut path, found);
                separator.clear();
            }
        }
    }
    finish(&mut path, found);
}

fn finish(path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if !path.is_empty() {
        found.push(std::mem::take(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_groups_and_fields_are_not() {
        let tokens = "f(super::a::B::new(x.y), 'l: ::std::C) 1 + d::<E>()".parse().unwrap();
        let joined: Vec<String> = paths(tokens).iter().map(|path| path.join("::")).collect();
        assert_eq!(joined, ["f", "super::a::B::new", "x", "d", "E"]);
    }

    #[test]
    fn types_in_the_arguments_of_a_macro_are_found() {
        let tokens = "/// Doc.\n pub struct A; pub(crate) struct B; struct C; pub fn d(); pub enum E {}";
        assert_eq!(public_types(tokens.parse().unwrap()), ["A", "E"]);
    }
}
