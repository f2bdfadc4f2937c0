//! Debian packages.

use std::{
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::{
    failure::Failure,
    shell::{answer, program, quietly},
};

/// Only one apt-get can run at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Installs packages with apt-get, as root or through sudo without a password.
///
/// On another system, or without these rights, the failure lists the packages to install by hand.
pub fn install_packages(packages: &[&str]) -> Result<(), Failure> {
    let names = packages.join(" ");
    let Some(apt_get) = apt_get() else {
        return Err(format!(
            "install the Debian packages {names}, or their counterparts on your system: this task installs packages \
             only with apt-get, as root or through sudo without a password"
        )
        .into());
    };
    let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    quietly("apt-get update", apt_get().arg("update"))?;
    let mut install = apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    quietly(&format!("apt-get install {names}"), &mut install)
}

/// Installs the programs that are missing. Each program's package must have the program's name.
pub fn provide_programs(programs: &[&str]) -> Result<(), Failure> {
    let is_missing = |name: &&str| answer(program(name).arg("--version")).is_none();
    let missing: Vec<&str> = programs.iter().copied().filter(is_missing).collect();
    if missing.is_empty() { Ok(()) } else { install_packages(&missing) }
}

/// The path of a server's program, which is installed if it is missing. The package must have the program's name. Debian installs
/// such programs outside of other users' `PATH`.
///
/// `version` is the argument that makes the program print its version and end.
pub fn provide_server(name: &str, version: &str) -> Result<String, Failure> {
    let places = [name.to_owned(), format!("/usr/sbin/{name}")];
    let find = || places.iter().find(|place| answer(program(place).arg(version)).is_some()).cloned();
    if let Some(found) = find() {
        return Ok(found);
    }
    install_packages(&[name])?;
    find().ok_or_else(|| format!("found no {name} after its installation").into())
}

/// Returns how to run apt-get with the rights to install; none when this is impossible.
fn apt_get() -> Option<fn() -> Command> {
    answer(program("apt-get").arg("--version"))?;
    if answer(program("id").arg("-u"))? == "0" {
        return Some(|| noninteractive(program("env")));
    }
    answer(program("sudo").args(["-n", "true"]))?;
    Some(|| {
        let mut sudo = program("sudo");
        sudo.args(["-n", "env"]);
        noninteractive(sudo)
    })
}

/// Keeps packages from asking questions. The variable is set through `env`, because sudo drops variables.
fn noninteractive(mut env: Command) -> Command {
    env.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=300"]);
    env
}
