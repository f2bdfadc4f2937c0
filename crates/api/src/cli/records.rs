//! The way to the database for commands.

use super::failure::Failure;
use crate::{compose::Core, settings::Settings};

/// Opens what commands work on, with the schema of this version.
pub(super) fn open(settings: &Settings) -> Result<Core, Failure> {
    let core = Core::open(settings)?;
    core.prepare(settings)?;
    Ok(core)
}
