use std::sync::Arc;

use super::{ACCOUNT, ADMIN, Scene};
use crate::{
    port::Store,
    role::GLOBAL_ADMIN,
    testkit::{
        self,
        memory::MemoryStore,
        values::{grant, text},
    },
};

impl Scene {
    /// The account [`ACCOUNT`] with the administrator [`ADMIN`], in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A scene with another store, title or name of the administrator.
    pub fn builder() -> SceneBuilder {
        SceneBuilder::default()
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes a [`Scene`].
#[must_use]
pub struct SceneBuilder {
    store: Arc<dyn Store>,
    account_title: String,
    admin_name: String,
}

impl Default for SceneBuilder {
    fn default() -> Self {
        Self {
            store: Arc::new(MemoryStore::default()),
            account_title: "Onward, Inc.".to_owned(),
            admin_name: "Jane Smith".to_owned(),
        }
    }
}

impl SceneBuilder {
    /// On this store, which has no account yet.
    pub fn store(self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self }
    }

    /// With this title of the account.
    pub fn account_title(self, title: &str) -> Self {
        Self { account_title: title.to_owned(), ..self }
    }

    /// With this name of the administrator.
    pub fn admin_name(self, name: &str) -> Self {
        Self { admin_name: name.to_owned(), ..self }
    }

    /// Creates the account and its administrator.
    ///
    /// # Panics
    /// When the store fails or already has the account.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> Scene {
        let (env, clock) = testkit::env();
        let scene = Scene { store: self.store, env, clock };
        scene.add_account(ACCOUNT, &self.account_title);
        let mut admin = Scene::member(ACCOUNT, ADMIN, grant([GLOBAL_ADMIN]));
        admin.name = Some(text(&self.admin_name));
        scene.add(&admin);
        scene
    }
}

impl std::fmt::Debug for SceneBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SceneBuilder").field("account_title", &self.account_title).finish_non_exhaustive()
    }
}
