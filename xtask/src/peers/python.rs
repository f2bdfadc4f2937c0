//! Python, with the packages that tests need.

use std::fs;

use usher_testbed::{python_requirements, python_venv};
use usher_tooling::{Failure, answer, install_packages, program, quietly};

/// Creates the Python environment, unless it holds the required versions already.
pub(super) fn prepare() -> Result<(), Failure> {
    let venv = python_venv();
    let python = venv.join("bin/python");
    let wanted = fs::read_to_string(python_requirements())?;
    // Written last, so that an interrupted installation does not count as complete.
    let installed = venv.join("installed.txt");
    let up_to_date = fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted);
    // Importing is a check too: an upgrade of the system's Python breaks environments made with the old version.
    if up_to_date && answer(program(&python).args(["-c", "import aiosmtpd, fastly, schemathesis"])).is_some()
    {
        return Ok(());
    }
    if base().is_none() {
        install_packages(&["python3", "python3-venv"])?;
    }
    let base = base().ok_or("found no Python 3.11 or newer with the module venv")?;
    let mut create = program(base);
    quietly("creating a Python environment", create.args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = program(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"])
        .arg(python_requirements());
    quietly("installing the SMTP server, Fastly's Python client and schemathesis", &mut pip)?;
    Ok(fs::write(installed, wanted)?)
}

/// A Python that can create environments. Debian's own is tried second, in case another Python hides it in `PATH`.
fn base() -> Option<&'static str> {
    let suits = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| answer(program(python).args(["-c", suits])).is_some())
}
