//! An account with people in it, on the in-memory store and a clock that stands still.

use std::sync::Arc;

use chrono::TimeDelta;
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    env::Env,
    id::InvitationId,
    invitation::Invitation,
    port::{
        Store,
        store::{Order, UnitError},
    },
    principal::{Actor, Credential, Principal},
    role::Grant,
    testkit::{FixedClock, env, memory::MemoryStore},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        invite::{Invite, InviteError, invite},
        resolve::resolve,
        view::{Part, Start},
    },
};

/// Part of a list with the oldest first.
pub(crate) fn part(limit: u32, offset: u64) -> Part {
    Part { limit, start: Start::Offset(offset), order: Order::OldestFirst }
}

pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) env: Env,
    pub(crate) clock: Arc<FixedClock>,
}

/// `onward` with the administrator jane@example.com.
pub(crate) fn world() -> World {
    let (env, clock) = env();
    let world = World { store: Arc::new(MemoryStore::default()), env, clock };
    world.account("onward", "Onward, Inc.");
    world.member("onward", "jane@example.com", Grant::of_roles(["GlobalAdmin"]).unwrap());
    world
}

impl World {
    pub(crate) fn write<T, E: UnitError>(
        &self,
        work: impl FnMut(&mut dyn usher_domain::port::Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.store.write("test", work)
    }

    /// As `write`, with the actor looked up before the unit begins: units do not nest.
    pub(crate) fn act<T, E: UnitError>(
        &self,
        actor: &Actor,
        mut work: impl FnMut(&mut dyn usher_domain::port::Tx, &Actor) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write(|tx| work(tx, actor))
    }

    pub(crate) fn account(&self, slug: &str, title: &str) {
        let command = CreateAccount {
            name: AccountName::parse(slug).unwrap(),
            title: DisplayText::parse(title).unwrap(),
        };
        self.write(|tx| create_account(tx, &self.env, &command)).unwrap();
    }

    pub(crate) fn member(&self, slug: &str, address: &str, grant: Grant) {
        let command = AddMember {
            account: AccountName::parse(slug).unwrap(),
            email: email(address),
            name: Some(DisplayText::parse("Somebody").unwrap()),
            grant,
            password: None,
        };
        self.write(|tx| add_member(tx, &self.env, &command)).unwrap();
    }

    pub(crate) fn actor(&self, slug: &str, address: &str) -> Actor {
        let principal = Principal { account: Some(AccountName::parse(slug).unwrap()), ..principal(address) };
        self.write(|tx| resolve(tx, &Credential::Principal(principal.clone()), self.env.now())).unwrap()
    }

    pub(crate) fn jane(&self) -> Actor {
        self.actor("onward", "jane@example.com")
    }

    pub(crate) fn invite(
        &self,
        actor: &Actor,
        address: &str,
        roles: &[&str],
    ) -> Result<Invitation, InviteError> {
        self.invite_as(actor, address, Grant::of_roles(roles.iter().copied()).unwrap())
    }

    pub(crate) fn invite_as(
        &self,
        actor: &Actor,
        address: &str,
        grant: Grant,
    ) -> Result<Invitation, InviteError> {
        let name = Some(DisplayText::parse("Joe Wright").unwrap());
        let command = Invite { name, ..Invite::new(email(address), grant, TimeDelta::days(14)) };
        self.write(|tx| invite(tx, &self.env, actor, &command))
    }

    pub(crate) fn key(&self, invitation: &Invitation) -> String {
        let stored = self.stored(invitation.id);
        self.env.keys.key(&stored.secure_id, stored.generation).reveal().to_owned()
    }

    pub(crate) fn stored(&self, id: InvitationId) -> Invitation {
        let account = self.jane().account.id;
        self.write(|tx| tx.invitation(account, id)).unwrap().unwrap()
    }

    pub(crate) fn actions(&self) -> Vec<&'static str> {
        let account = self.jane().account.id;
        let events = self.write(|tx| tx.audit_events(account)).unwrap();
        events.iter().map(|event| event.action.as_str()).collect()
    }

    pub(crate) fn remove(&self, actor: &Actor) {
        assert!(self.write(|tx| tx.delete_membership(actor.account.id, actor.person.id)).unwrap());
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// A token of an issuer that says nothing about the mailbox.
pub(crate) fn principal(address: &str) -> Principal {
    Principal { email: email(address), email_verified: false, person_id: None, account: None, name: None }
}

pub(crate) fn verified(address: &str) -> Principal {
    Principal { email_verified: true, ..principal(address) }
}
