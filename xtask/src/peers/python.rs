//! Python, with the packages that tests need.

use std::fs;

use usher_testbed::{python_requirements, python_venv};

use crate::{
    packages,
    shell::{Failure, answer, program, quietly},
};

/// Makes the Python environment, unless it is there and still the one that is asked for.
pub(super) fn prepare() -> Result<(), Failure> {
    let venv = python_venv();
    let python = venv.join("bin/python");
    let wanted = fs::read_to_string(python_requirements())?;
    // Written last, so that an installation that broke off does not count.
    let installed = venv.join("installed.txt");
    let up_to_date = fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted);
    // An upgrade of the machine's Python breaks environments that were made with the old one.
    if up_to_date && answer(program(&python).args(["-c", "import aiosmtpd, fastly"])).is_some() {
        return Ok(());
    }
    if base().is_none() {
        packages::install(&["python3", "python3-venv"])?;
    }
    let base = base().ok_or("no Python 3.9 or newer with its module venv found".to_owned())?;
    let mut make = program(base);
    quietly("making a Python environment", make.args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = program(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"])
        .arg(python_requirements());
    quietly("installing the tests' SMTP server and Fastly's client for Python", &mut pip)?;
    Ok(fs::write(installed, wanted)?)
}

/// A Python that can make environments; the second is Debian's, where another one hides it.
fn base() -> Option<&'static str> {
    let suits = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 9))";
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| answer(program(python).args(["-c", suits])).is_some())
}
