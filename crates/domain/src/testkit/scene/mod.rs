//! The set-up that most tests share: an account with an administrator, members and invitations.
//!
//! ```
//! use usher_domain::testkit::{grant, scene::Scene};
//!
//! let scene = Scene::new(); // the account `onward` with the administrator jane@example.com, in memory
//! scene.add_account("upside", "Upside");
//! scene.add_member("upside", "ann@example.com", grant(["superuser"]));
//! let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
//! scene.clock.advance(chrono::TimeDelta::days(1));
//! assert_eq!(scene.stored(&invitation), invitation);
//! ```

mod builder;
mod invitations;
mod members;

pub use builder::SceneBuilder;

use std::sync::Arc;

use super::{FixedClock, values::valid};
use crate::{
    env::Env,
    port::{
        Store, StoreError, Tx,
        store::{Mode, Unit, UnitError},
    },
    principal::Actor,
};

/// The account that a scene begins with.
pub const ACCOUNT: &str = "onward";
/// The address of its administrator.
pub const ADMIN: &str = "jane@example.com";

/// A store with people in it, a clock that moves when the test moves it, and seeded randomness.
///
/// A method that returns no `Result` panics when the use case or the store fails.
#[derive(Clone)]
pub struct Scene {
    /// Where everything is stored; in memory unless the builder was given another store.
    pub store: Arc<dyn Store>,
    /// Clock, randomness, link keys and policy. A test may change them.
    pub env: Env,
    /// The clock of `env`.
    pub clock: Arc<FixedClock>,
}

impl Scene {
    /// A scene around a store that may have content, such as a running server's. Adds nothing.
    #[must_use]
    pub const fn attach(store: Arc<dyn Store>, env: Env, clock: Arc<FixedClock>) -> Self {
        Self { store, env, clock }
    }

    /// The same scene on another store: a replica's, or one that fails.
    #[must_use]
    pub fn on(&self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self.clone() }
    }

    /// Runs a unit that writes. Units do not nest, so look up the actor first.
    pub fn write<T, E: UnitError>(&self, work: impl FnMut(&mut dyn Tx) -> Result<T, E>) -> Result<T, E> {
        self.store.unit(Unit::new("scene.write", Mode::Write), work)
    }

    /// As [`Self::write`], for a use case of an actor.
    pub fn act<T, E: UnitError>(
        &self,
        actor: &Actor,
        mut work: impl FnMut(&mut dyn Tx, &Env, &Actor) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write(|tx| work(tx, &self.env, actor))
    }

    /// Reads from the store.
    #[track_caller]
    pub fn read<T>(&self, work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
        valid(self.store.unit(Unit::new("scene.read", Mode::Read), work))
    }
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene").field("clock", &self.clock).finish_non_exhaustive()
    }
}
