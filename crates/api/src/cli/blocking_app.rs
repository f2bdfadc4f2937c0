//! The application for commands, which wait for its calls on the current thread.

use std::{future::Future, sync::Arc};

use tokio::runtime::{Builder, Runtime};
use usher_app::App;
use usher_auth::JwtVerifier;
use usher_domain::port::Clock;

use super::failure::Failure;
use crate::{
    compose::{Deployment, StartError, own_verifier},
    settings::Settings,
};

/// The application and a runtime for its calls.
pub(super) struct BlockingApp {
    /// The application.
    pub(super) inner: App,
    runtime: Runtime,
}

impl BlockingApp {
    /// Opens the database, applies pending migrations if the settings allow it, and builds the application.
    pub(super) fn open(settings: &Settings) -> Result<Self, Failure> {
        Self::open_with(settings, own_verifier)
    }

    /// Like [`BlockingApp::open`], with another verifier of tokens.
    pub(super) fn open_with(
        settings: &Settings,
        verifier: fn(&Settings, &Arc<dyn Clock>) -> Result<JwtVerifier, StartError>,
    ) -> Result<Self, Failure> {
        let deployment = Deployment::open(settings)?;
        deployment.prepare(settings)?;
        let inner = deployment.app(settings, verifier(settings, &deployment.env.clock)?)?;
        Ok(Self { inner, runtime: Builder::new_current_thread().enable_all().build()? })
    }

    /// Waits for a call of the application.
    pub(super) fn block_on<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}
