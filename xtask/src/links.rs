//! Links between the documents.

use std::fs;

use usher_tooling::{Failure, workspace};

/// The folders that hold documents.
const FOLDERS: [&str; 5] = ["", "docs", "docs/adr", "docs/api", "migrations"];

/// Fails when a document links to a file that does not exist.
pub(crate) fn check() -> Result<(), Failure> {
    let mut broken = Vec::new();
    for folder in FOLDERS.map(|folder| workspace().join(folder)) {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let dead = targets(&text).filter(|target| !folder.join(target).exists());
            let document = path.display();
            broken.extend(dead.map(|target| format!("{document} links to {target}, which does not exist")));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("; ").into()) }
}

/// The paths that a text links to. URLs and anchors within the text are left out.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    links.filter(|target| !target.is_empty() && !target.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_are_found() {
        let text = "[a](b.md) and [c](../d/e.md#f), not [g](#h), [i](https://j) or (k)";
        assert_eq!(targets(text).collect::<Vec<_>>(), ["b.md", "../d/e.md"]);
    }
}
