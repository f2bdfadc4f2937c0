//! The Rust files of a checkout.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

/// Crates that are not part of the product: development tasks, and the code that tests and measurements run alongside
/// Usher.
const TOOLING: [&str; 6] = ["bench", "chaos", "loadgen", "testbed", "tooling", "xtask"];

/// One crate with its Rust files. All paths are relative to the root of the checkout.
pub(super) struct Package {
    pub(super) folder: PathBuf,
    /// The text of each file.
    pub(super) files: BTreeMap<PathBuf, String>,
}

impl Package {
    pub(super) fn is_tooling(&self) -> bool {
        self.folder.file_name().is_some_and(|name| TOOLING.iter().any(|tool| name == *tool))
    }

    /// The files of production code that Cargo compiles: the library, the programs and the build script.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        let source = self.folder.join("src");
        let programs = source.join("bin");
        let build_script = self.folder.join("build.rs");
        let files = self.files.keys().map(PathBuf::as_path);
        files.filter(move |file| {
            let is_main = ["lib.rs", "main.rs"].iter().any(|name| *file == source.join(name));
            is_main || file.parent() == Some(&programs) || *file == build_script
        })
    }
}

/// Reads `xtask` and all crates under `crates`.
pub(super) fn read_packages(root: &Path) -> io::Result<Vec<Package>> {
    let mut folders = vec![PathBuf::from("xtask")];
    for entry in fs::read_dir(root.join("crates"))? {
        folders.push(Path::new("crates").join(entry?.file_name()));
    }
    folders.retain(|folder| root.join(folder).join("Cargo.toml").exists());
    folders.sort();
    folders.into_iter().map(|folder| read_package(root, folder)).collect()
}

fn read_package(root: &Path, folder: PathBuf) -> io::Result<Package> {
    let mut files = BTreeMap::new();
    read_folder(root, &folder, &mut files)?;
    Ok(Package { folder, files })
}

fn read_folder(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "target" {
                read_folder(root, &path, files)?;
            }
        } else if path.extension() == Some(OsStr::new("rs")) {
            let text = fs::read_to_string(root.join(&path))?;
            files.insert(path, text);
        }
    }
    Ok(())
}

#[cfg(test)]
impl Package {
    /// A package `crates/sample` with these files, relative to its `src`.
    pub(super) fn sample(files: &[(&str, &str)]) -> Self {
        let folder = PathBuf::from("crates/sample");
        let file = |(path, text): &(&str, &str)| (folder.join("src").join(path), (*text).to_owned());
        Self { files: files.iter().map(file).collect(), folder: folder.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_the_library_and_the_programs() {
        let package =
            Package::sample(&[("lib.rs", ""), ("main.rs", ""), ("bin/other.rs", ""), ("a/main.rs", "")]);
        let roots: Vec<_> = package.roots().map(|root| root.strip_prefix("crates/sample/src")).collect();
        assert_eq!(roots, ["bin/other.rs", "lib.rs", "main.rs"].map(|root| Ok(Path::new(root))));
    }
}
