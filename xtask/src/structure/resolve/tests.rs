use super::*;
use crate::structure::sources::Package;

/// The file and name that `path` leads to from `src/user.rs`.
fn definition(files: &[(&str, &str)], path: &str) -> Option<String> {
    let package = Package::sample(files);
    let tree = ModuleTree::read(&package, &package.folder.join("src/lib.rs")).unwrap();
    let from = tree.modules.iter().position(|module| module.file.ends_with("user.rs")).unwrap();
    let path: Segments = path.split("::").map(str::to_owned).collect();
    Some(match resolve(&tree, from, &path)? {
        Target::Module(module) => format!("module in {}", tree.modules[module].file.display()),
        Target::Item { file, name } => format!("{name} in {}", file.display()),
    })
    .map(|found| found.replace("crates/sample/src/", ""))
}

#[test]
fn a_path_leads_to_the_file_that_defines_the_name() {
    let files = [("lib.rs", "mod user; mod a;"), ("user.rs", ""), ("a.rs", "struct A; fn b() {}")];
    assert_eq!(definition(&files, "crate::a::A").unwrap(), "A in a.rs");
    assert_eq!(definition(&files, "super::a::A::new").unwrap(), "A in a.rs");
    assert_eq!(definition(&files, "super::a").unwrap(), "module in a.rs");
    assert_eq!(definition(&files, "crate::a::Generated").unwrap(), "Generated in a.rs");
    assert_eq!(definition(&files, "a::A"), None);
    assert_eq!(definition(&files, "std::a::A"), None);
}

#[test]
fn reexports_are_followed_by_name_by_glob_and_through_renames() {
    let files = [
        ("lib.rs", "mod user; mod a; pub(crate) use a::{A as B, c};"),
        ("user.rs", "use crate::c as d; use super::a::*;"),
        ("a.rs", "mod c; mod e; pub use e::*; pub use self::c::A;"),
        ("a/c.rs", "pub struct A;"),
        ("a/e.rs", "pub struct E;"),
    ];
    assert_eq!(definition(&files, "super::B").unwrap(), "A in a/c.rs");
    assert_eq!(definition(&files, "d::A").unwrap(), "A in a/c.rs");
    assert_eq!(definition(&files, "crate::a::E").unwrap(), "E in a/e.rs");
    assert_eq!(definition(&files, "E").unwrap(), "E in a/e.rs");
}

#[test]
fn a_name_from_another_crate_leads_nowhere() {
    let files = [("lib.rs", "mod user; use other as o; pub use other::A;"), ("user.rs", "")];
    assert_eq!(definition(&files, "crate::o::B"), None);
    assert_eq!(definition(&files, "crate::A"), None);
}

#[test]
fn a_module_and_a_function_may_share_their_name() {
    let files = [
        ("lib.rs", "mod user; mod invite; pub use invite::invite;"),
        ("user.rs", ""),
        ("invite.rs", "pub fn invite() {} pub struct Invite;"),
    ];
    assert_eq!(definition(&files, "crate::invite").unwrap(), "invite in invite.rs");
    assert_eq!(definition(&files, "crate::invite::Invite").unwrap(), "Invite in invite.rs");
}

#[test]
fn imports_that_name_each_other_end() {
    let files =
        [("lib.rs", "mod user; mod a;"), ("user.rs", "use super::a::*;"), ("a.rs", "use super::user::*;")];
    assert_eq!(definition(&files, "x"), None);
}
