//! Closures within closures.

use std::{fmt::Write as _, path::PathBuf};

use syn::{
    Expr, ExprClosure, ImplItemFn, Item, Macro, Token,
    punctuated::Punctuated,
    visit::{self, Visit},
};
use usher_tooling::Failure;

use super::attributes::{attributes, is_test};

/// The number of closures in a file, and how deeply they are nested at most.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct ClosureCount {
    total: usize,
    deepest: usize,
}

/// A table of the files, given with their text. Test code does not count.
pub(super) fn table(files: &[(PathBuf, String)]) -> Result<String, Failure> {
    let mut table = format!("{:>8}  {:>7}\n", "closures", "deepest");
    let mut line = |count: ClosureCount, name: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{:>8}  {:>7}  {name}", count.total, count.deepest);
    };
    let mut all = ClosureCount::default();
    for (file, text) in files {
        let name = file.display().to_string();
        let count = ClosureCount::of(text).map_err(|error| Failure::from(error.to_string()).at(&name))?;
        all = ClosureCount { total: all.total + count.total, deepest: all.deepest.max(count.deepest) };
        line(count, &name);
    }
    line(all, &format!("{} files", files.len()));
    Ok(table)
}

impl ClosureCount {
    fn of(text: &str) -> syn::Result<Self> {
        let mut counter = Counter { count: Self::default(), depth: 0 };
        counter.visit_file(&syn::parse_file(text)?);
        Ok(counter.count)
    }
}

struct Counter {
    count: ClosureCount,
    depth: usize,
}

impl<'ast> Visit<'ast> for Counter {
    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.depth += 1;
        self.count.total += 1;
        self.count.deepest = self.count.deepest.max(self.depth);
        visit::visit_expr_closure(self, closure);
        self.depth -= 1;
    }

    fn visit_item(&mut self, item: &'ast Item) {
        let is_tests = matches!(item, Item::Mod(module) if module.ident == "tests");
        if !is_tests && !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    /// Arguments that are expressions, such as those of `format!`, are visited like any other expression. The content
    /// of other arguments is unknown.
    fn visit_macro(&mut self, call: &'ast Macro) {
        if let Ok(arguments) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            for argument in &arguments {
                self.visit_expr(argument);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_are_counted_with_their_depth() {
        let text = "
            fn f() { a(|| b(|| c)); d(|| e) }
            fn g() { assert!(a.iter().any(|b| c.iter().any(|d| e(|| d == b)))) }
            #[cfg(test)]
            mod tests { fn h() { a(|| b(|| c(|| d(|| e)))) } }
        ";
        assert_eq!(ClosureCount::of(text).unwrap(), ClosureCount { total: 6, deepest: 3 });
    }
}
