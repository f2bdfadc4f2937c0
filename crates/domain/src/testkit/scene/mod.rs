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

pub use builder::SceneBuilder;

use std::sync::Arc;

use super::{
    FixedClock, account_name, grant, principal, text,
    values::{email, valid},
};
use crate::{
    account::Account,
    env::Env,
    person::{PasswordHash, Person},
    port::{
        Store, StoreError, Tx,
        store::{Mode, Unit, UnitError},
    },
    principal::{Actor, Credential, Principal},
    role::Grant,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        create_person::{CreatePerson, create_person},
        resolve::resolve,
    },
};

/// The account that a scene begins with.
pub const ACCOUNT: &str = "onward";
/// The address of its administrator.
pub const ADMIN: &str = "jane@example.com";

/// A store with people in it, a clock that moves when the test moves it, and seeded randomness.
///
/// What the test did not ask for cannot fail: then these methods panic.
#[derive(Clone)]
pub struct Scene {
    /// Where everything is stored; in memory unless the builder got another one.
    pub store: Arc<dyn Store>,
    /// Clock, randomness, link keys and policy. A test may change it.
    pub env: Env,
    /// The clock of `env`.
    pub clock: Arc<FixedClock>,
}

#[expect(clippy::must_use_candidate, reason = "a test may be interested in the effect alone")]
impl Scene {
    /// The account [`ACCOUNT`] with the administrator [`ADMIN`], in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// As [`Self::new`], but for what the builder is told.
    pub fn builder() -> SceneBuilder {
        SceneBuilder::default()
    }

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

    /// Runs a unit that writes. Units do not nest: look up the actor before.
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

    /// Creates an account.
    #[track_caller]
    pub fn add_account(&self, name: &str, title: &str) -> Account {
        let command = CreateAccount { name: account_name(name), title: text(title) };
        valid(self.write(|tx| create_account(tx, &self.env, &command)))
    }

    /// Makes a person a member of an account.
    #[track_caller]
    pub fn add_member(&self, account: &str, address: &str, grant: Grant) -> Person {
        self.add(&Self::member(account, address, grant))
    }

    /// The command behind [`Self::add_member`]: change its name or password, and [`Self::add`] it.
    #[must_use]
    #[track_caller]
    pub fn member(account: &str, address: &str, grant: Grant) -> AddMember {
        let (account, email) = (account_name(account), email(address));
        AddMember { account, email, name: Some(text("Ada Lovelace")), grant, password: None }
    }

    /// Makes a person a member as the command says.
    #[track_caller]
    pub fn add(&self, command: &AddMember) -> Person {
        valid(self.write(|tx| add_member(tx, &self.env, command)))
    }

    /// Creates a person who is in no account.
    #[track_caller]
    pub fn add_person(&self, address: &str, password: Option<PasswordHash>) -> Person {
        let command = CreatePerson { email: email(address), name: text("Ada Lovelace"), password };
        valid(self.write(|tx| create_person(tx, &self.env, &command)))
    }

    /// Ends a membership.
    ///
    /// # Panics
    /// When there is no such membership.
    #[track_caller]
    pub fn remove(&self, member: &Actor) {
        let ended = valid(self.write(|tx| tx.delete_membership(member.account.id, member.person.id)));
        assert!(ended, "{} is no member of {}", member.person.email, member.account.name);
    }

    /// A member, with all rights of the membership.
    #[must_use]
    #[track_caller]
    pub fn actor(&self, account: &str, address: &str) -> Actor {
        let principal = Principal { account: Some(account_name(account)), ..principal(address) };
        let credential = Credential::Principal(principal);
        valid(self.write(|tx| resolve(tx, &credential, self.env.now())))
    }

    /// The administrator [`ADMIN`] of [`ACCOUNT`].
    #[must_use]
    #[track_caller]
    pub fn admin(&self) -> Actor {
        self.actor(ACCOUNT, ADMIN)
    }

    /// The person with an address.
    #[must_use]
    #[track_caller]
    pub fn person(&self, address: &str) -> Option<Person> {
        self.read(|tx| tx.person_by_email(&email(address)))
    }

    /// The actions in the audit log of [`ACCOUNT`], oldest first.
    #[must_use]
    #[track_caller]
    pub fn audited_actions(&self) -> Vec<&'static str> {
        let account = self.admin().account.id;
        self.read(|tx| tx.audit_events(account)).iter().map(|event| event.action.as_str()).collect()
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene").field("clock", &self.clock).finish_non_exhaustive()
    }
}
