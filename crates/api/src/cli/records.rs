//! The way of commands to the database: the application, and a runtime for its calls.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};
use usher_app::App;

use super::failure::Failure;
use crate::{
    compose::{Deployment, own_verifier},
    settings::Settings,
};

/// What commands work on, with the schema of this version.
pub(super) struct Records {
    /// The application.
    pub(super) app: App,
    runtime: Runtime,
}

impl Records {
    /// Opens the database, and brings it up to date.
    pub(super) fn open(settings: &Settings) -> Result<Self, Failure> {
        let deployment = Deployment::open(settings)?;
        deployment.prepare(settings)?;
        let app = deployment.app(settings, own_verifier(settings, &deployment.env.clock)?)?;
        Ok(Self { app, runtime: Builder::new_current_thread().enable_all().build()? })
    }

    /// Waits for a call of the application.
    pub(super) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}
