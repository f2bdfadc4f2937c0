//! `usher migrate`

use serde_json::json;

use super::{failure::Failure, output::Output};
use crate::{
    compose::{ClockAndEntropy, Deployment},
    settings::Settings,
};

/// Applies the pending migrations, even if `database.migrate` is off.
pub(super) fn run(settings: &Settings, output: Output) -> Result<(), Failure> {
    // The only command that creates the file of a SQLite database.
    let deployment = Deployment::open_with(settings, ClockAndEntropy::system())
        .map_err(|error| Failure::from_error(&error))?;
    let applied = deployment.migrate().map_err(|error| Failure::from_error(&error))?;
    let text = match applied {
        0 => "the database is up to date".to_owned(),
        1 => "applied 1 migration".to_owned(),
        several => format!("applied {several} migrations"),
    };
    output.result(&text, &json!({ "applied": applied }))
}
