//! `usher`, `usher serve` and `usher worker`, which run until a signal stops them.

use std::io;

use actix_web::rt::System;

use super::failure::Failure;
use crate::{
    compose::{self, StartError},
    settings::Settings,
};

/// `usher`
pub(super) fn develop(settings: Settings) -> Result<(), Failure> {
    run(compose::develop(settings, &mut io::stdout()))
}

/// `usher serve`
pub(super) fn serve(settings: Settings) -> Result<(), Failure> {
    run(compose::serve(settings))
}

/// `usher worker`
pub(super) fn worker(settings: Settings) -> Result<(), Failure> {
    run(compose::worker(settings))
}

/// Runs a future to its end; the process must end afterwards.
fn run(future: impl Future<Output = Result<(), StartError>>) -> Result<(), Failure> {
    let system = System::new();
    let result = system.block_on(future);
    // Dropping the runtime waits without a limit for blocking threads, such as a call to a database that does not respond.
    // It also drops the task that waits for the second signal. The end of the process ends these threads.
    std::mem::forget(system);
    Ok(result?)
}
