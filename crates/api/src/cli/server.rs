//! `usher`, `usher serve` and `usher worker`, which run until a signal stops them.

use std::io;

use actix_web::rt::System;

use super::failure::Failure;
use crate::{compose, settings::Settings};

/// `usher`
pub(super) fn develop(settings: Settings) -> Result<(), Failure> {
    Ok(System::new().block_on(compose::develop(settings, &mut io::stdout()))?)
}

/// `usher serve`
pub(super) fn serve(settings: Settings) -> Result<(), Failure> {
    Ok(System::new().block_on(compose::serve(settings))?)
}

/// `usher worker`
pub(super) fn worker(settings: Settings) -> Result<(), Failure> {
    Ok(System::new().block_on(compose::worker(settings))?)
}
