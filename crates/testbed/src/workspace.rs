use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The root folder of the workspace of this run.
///
/// It is found at run time: several clones can share one target folder, and then run programs that were built in another
/// clone. Cargo names the package that it runs. Without Cargo, the current folder is in the workspace; if it is not, it is
/// returned, and programs fail with its name.
#[must_use]
pub fn workspace() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = package_of_this_run();
        let current = env::current_dir().unwrap_or_default();
        let folders = [package.as_deref(), Some(current.as_path())];
        folders.into_iter().flatten().find_map(root_of).unwrap_or(&current).to_owned()
    })
}

/// The folder of the package that Cargo runs.
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo passes it to the programs that it runs; it is not a setting"
)]
fn package_of_this_run() -> Option<PathBuf> {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// The folder with the manifest of the workspace around a folder.
fn root_of(folder: &Path) -> Option<&Path> {
    let is_root = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line.trim_end() == "[workspace]")
    };
    folder.ancestors().find(is_root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_nearest_folder_with_the_manifest_of_a_workspace() {
        let clone = tempfile::tempdir().unwrap();
        let package = clone.path().join("crates/one");
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("Cargo.toml"), "[package]\nname = \"one\"\n").unwrap();
        assert_eq!(root_of(&package.join("src")), None);
        fs::write(clone.path().join("Cargo.toml"), "[workspace]\nmembers = [\"crates/*\"]\n").unwrap();
        for folder in [clone.path(), &package, &package.join("src"), &package.join("missing")] {
            assert_eq!(root_of(folder), Some(clone.path()));
        }
    }

    #[test]
    fn this_test_runs_in_its_own_workspace() {
        assert!(workspace().join("crates/testbed/src/workspace.rs").is_file());
    }
}
