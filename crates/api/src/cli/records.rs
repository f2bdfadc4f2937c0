//! Opens the database for commands.

use super::failure::Failure;
use crate::{compose::Core, settings::Settings};

/// Opens the database and brings it to the schema of this version, if the settings allow it.
pub(super) fn open(settings: &Settings) -> Result<Core, Failure> {
    let core = Core::open(settings)?;
    core.prepare(settings)?;
    Ok(core)
}
