use std::{path::PathBuf, process::Command};

use crate::{
    environment::{PYTHON_VARIABLE, python_venv, variable},
    error::TestbedError,
    process::run,
};

/// The Python interpreter that has aiosmtpd.
pub(super) fn find() -> Result<PathBuf, TestbedError> {
    if let Some(python) = variable(PYTHON_VARIABLE) {
        return Ok(python.into());
    }
    let prepared = python_venv().join("bin/python");
    if prepared.is_file() {
        return Ok(prepared);
    }
    match run(Command::new("python3").args(["-c", "import aiosmtpd"]), "looking for aiosmtpd") {
        Ok(_) => Ok("python3".into()),
        Err(_) => Err(TestbedError::Missing {
            what: "Python with the package aiosmtpd was",
            help: "name an interpreter that has it in USHER_TEST_PYTHON",
        }),
    }
}
