//! Node.js, with the packages that tests need.

use std::fs;

use usher_testbed::{newest_postgres, node_home, node_requirements};
use usher_tooling::{Failure, answer, install_packages, program, quietly};

/// Installs the Node.js packages, unless the folder holds the required versions already.
pub(super) fn prepare() -> Result<(), Failure> {
    let home = node_home();
    let [manifest, lock] = node_requirements();
    let wanted = fs::read_to_string(&lock)?;
    // Written last, so that an interrupted installation does not count as complete.
    let installed = home.join("installed.txt");
    let up_to_date = fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted);
    if up_to_date && has_node() {
        return Ok(());
    }
    // One after the other: Debian's Node.js comes without npm. Node.js from other sources brings npm, and conflicts with
    // Debian's npm.
    if !has_node() {
        install_packages(&["nodejs"])?;
    }
    if !has_npm() {
        install_packages(&["npm"])?;
    }
    if !(has_node() && has_npm()) {
        return Err("found no Node.js 16 or newer with npm".into());
    }
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    fs::copy(manifest, home.join("package.json"))?;
    fs::copy(lock, home.join("package-lock.json"))?;
    let mut npm = program("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(home);
    quietly("installing Fastly's Node.js client and PostgreSQL's newest release", &mut npm)?;
    // The package's own script, because npm packages hold no symbolic links. npm must not run the scripts of the others.
    let mut link = program("node");
    link.arg("scripts/hydrate-symlinks.js").current_dir(newest_postgres());
    quietly("linking PostgreSQL's libraries", &mut link)?;
    Ok(fs::write(installed, wanted)?)
}

fn has_node() -> bool {
    let suits = "process.exit(parseInt(process.versions.node) < 16 ? 1 : 0)";
    answer(program("node").args(["--eval", suits])).is_some()
}

fn has_npm() -> bool {
    answer(program("npm").arg("--version")).is_some()
}
