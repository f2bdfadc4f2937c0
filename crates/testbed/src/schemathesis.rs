use std::{path::Path, process::Command};

use crate::{
    error::{IoContext as _, TestbedError},
    process::run,
    python,
};

/// What schemathesis checks in each response: no 5xx, and only the statuses, content types and bodies that the document describes.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Sends the requests that schemathesis derives from an OpenAPI document: its examples, the limits of each schema, and a few random
/// ones from a fixed seed. `header` is `Name: value`. Fails with the report of schemathesis if a response is not as described.
pub fn check_api(document: &Path, base_url: &str, header: &str) -> Result<(), TestbedError> {
    // It keeps files in its working directory.
    let directory = tempfile::tempdir().context("checking an API")?;
    let mut command = Command::new(python::find("schemathesis")?);
    command.current_dir(directory.path());
    command.args(["-m", "schemathesis.cli", "run"]).arg(document);
    command.args(["--url", base_url, "--header", header, "--checks", CHECKS]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--max-time", "60"]);
    command.args(["--seed", "1", "--generation-database", "none", "--no-shrink", "--workers", "1"]);
    command.args(["--continue-on-failure", "--warnings", "off", "--no-color"]);
    run(&mut command, "checking an API with schemathesis").map(drop)
}
