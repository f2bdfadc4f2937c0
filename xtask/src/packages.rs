//! Debian's packages.

use std::process::Command;

use crate::shell::{Failure, answer, program, quietly};

/// Installs packages with apt-get, as root or through sudo without a password.
///
/// On another system, or without the right to do so, the failure names what is to be installed.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    let names = packages.join(" ");
    let Some(apt_get) = apt_get() else {
        return Err(format!(
            "please install what Debian calls {names}, with your system's package manager: this task can do so \
             only with apt-get, as root or through sudo without a password"
        )
        .into());
    };
    quietly("apt-get update", apt_get().arg("update"))?;
    let mut install = apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    quietly(&format!("apt-get install {names}"), &mut install)
}

/// Installs those programs that are missing and whose packages have the same name.
pub(crate) fn provide(programs: &[&str]) -> Result<(), Failure> {
    let is_missing = |name: &&str| answer(program(name).arg("--version")).is_none();
    let missing: Vec<&str> = programs.iter().copied().filter(is_missing).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// How apt-get is started here, if it can be.
fn apt_get() -> Option<fn() -> Command> {
    answer(program("apt-get").arg("--version"))?;
    if answer(program("id").arg("-u"))? == "0" {
        return Some(|| quiet(program("env")));
    }
    answer(program("sudo").args(["-n", "true"]))?;
    Some(|| {
        let mut sudo = program("sudo");
        sudo.args(["-n", "env"]);
        quiet(sudo)
    })
}

/// Lets no package ask questions. Through `env`, because sudo drops variables.
fn quiet(mut env: Command) -> Command {
    env.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    env
}
