use std::{path::PathBuf, process::Command};

use crate::{
    environment::{PYTHON_VARIABLE, python_venv, variable},
    error::TestbedError,
    process::run,
};

/// A Python interpreter that can import the module.
pub(crate) fn find(module: &str) -> Result<PathBuf, TestbedError> {
    if let Some(python) = variable(PYTHON_VARIABLE) {
        return Ok(python.into());
    }
    let prepared = python_venv().join("bin/python");
    if prepared.is_file() {
        return Ok(prepared);
    }
    let import = format!("import {module}");
    match run(Command::new("python3").args(["-c", &import]), "looking for a Python package") {
        Ok(_) => Ok("python3".into()),
        Err(_) => Err(TestbedError::Missing {
            what: "Python with the packages of the tests was",
            help: "name an interpreter that has them in USHER_TEST_PYTHON",
        }),
    }
}
