//! What runs until it is told to stop.

use std::io;

use actix_web::rt::System;

use super::failure::Failure;
use crate::{compose, settings::Settings};

/// `usher`
pub(super) fn develop(settings: Settings) -> Result<(), Failure> {
    System::new().block_on(compose::develop(settings, &mut io::stdout())).map_err(|error| Failure::of(&error))
}

/// `usher serve`
pub(super) fn serve(settings: Settings) -> Result<(), Failure> {
    System::new().block_on(compose::serve(settings)).map_err(|error| Failure::of(&error))
}

/// `usher worker`
pub(super) fn worker(settings: Settings) -> Result<(), Failure> {
    System::new().block_on(compose::worker(settings)).map_err(|error| Failure::of(&error))
}
