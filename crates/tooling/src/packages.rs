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
