//! An account with an owner who invites, and threads that race on several replicas.

use std::{sync::Barrier, thread};

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    access_token::{NewAccessToken, Scope, TokenDigest},
    account::{AccountName, NewAccount},
    address::EmailAddress,
    env::Env,
    id::InvitationId,
    idempotency::{KeyDigest, RequestMac, RequestMacs},
    invitation::Invitation,
    membership::Membership,
    person::{NewPerson, PasswordHash},
    port::{Store, StoreError, Tx},
    principal::{Actor, Credential},
    role::Grant,
    testkit::{self, FixedClock},
    text::DisplayText,
    token::Token,
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor, accept},
        idempotency::Keyed,
        invite::{Invite, InviteError, invite},
        resend::{ResendError, resend},
        revoke::{RevokeError, revoke},
    },
};
use usher_persistence::DieselStore;

use crate::support::TestDatabase;

/// The number of threads in a race.
pub(crate) const THREADS: usize = 16;

/// How long the invitations are open.
pub(crate) const VALIDITY: TimeDelta = TimeDelta::days(14);

pub(crate) struct Scene {
    pub(crate) env: Env,
    pub(crate) clock: std::sync::Arc<FixedClock>,
    pub(crate) owner: Actor,
    /// Stores on the same database, each with its own pool.
    pub(crate) replicas: Vec<DieselStore>,
}

impl Scene {
    pub(crate) fn new(place: &dyn TestDatabase) -> Self {
        let (env, clock) = testkit::env();
        let store: &dyn Store = place.store();
        let owner = store
            .write("scene", |tx| {
                let account = tx.insert_account(&NewAccount {
                    public_id: Token::generate(env.entropy.as_ref()),
                    name: AccountName::parse("onward").unwrap(),
                    title: text("Onward, Inc."),
                    created_at: env.now(),
                })?;
                let person = tx.insert_person(&new_person(&env, "owner@example.com"))?;
                let membership = Membership {
                    account_id: account.id,
                    person_id: person.id,
                    grant: grant("GlobalAdmin"),
                    created_at: env.now(),
                };
                tx.insert_membership(&membership)?;
                Ok::<_, StoreError>(Actor { account, person, membership, scope: Scope::Global })
            })
            .unwrap();
        let replicas = (0..4).map(|_| place.replica()).collect();
        Self { env, clock, owner, replicas }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// Runs the action on [`THREADS`] threads that begin together, spread over the replicas, and returns the result of each.
    pub(crate) fn race<T: Send>(&self, action: impl Fn(usize, &dyn Store) -> T + Sync) -> Vec<T> {
        let start = Barrier::new(THREADS);
        let run = |index: usize| {
            let store = &self.replicas[index % self.replicas.len()];
            start.wait();
            action(index, store)
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|index| scope.spawn(move || run(index))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    pub(crate) fn invite(&self, store: &dyn Store, address: &str) -> Result<Invitation, InviteError> {
        store.write("invite", |tx| self.invite_in(tx, address))
    }

    /// Like [`Self::invite`], inside a unit.
    pub(crate) fn invite_in(&self, tx: &mut dyn Tx, address: &str) -> Result<Invitation, InviteError> {
        let command = Invite::new(EmailAddress::parse(address).unwrap(), grant("Auditor"), VALIDITY);
        invite(tx, &self.env, &self.owner, &command)
    }

    /// A request of the account with the content `text` and the n-th key.
    pub(crate) fn keyed(&self, n: u8, text: &str) -> Keyed {
        let request = RequestMacs { current: RequestMac::new(text.as_bytes()), previous: Vec::new() };
        Keyed { key: KeyDigest::new([n; 32]), request, account: Some(self.owner.account.id) }
    }

    /// Adds a member who administers the account.
    pub(crate) fn add_administrator(&self, store: &dyn Store, address: &str) -> EmailAddress {
        let new = new_person(&self.env, address);
        let add = |tx: &mut dyn Tx| {
            let person = tx.insert_person(&new)?;
            tx.insert_membership(&Membership { person_id: person.id, ..self.owner.membership.clone() })
        };
        store.write("add_administrator", add).unwrap();
        new.email
    }

    /// Accepts with the key of the first mail.
    pub(crate) fn accept(&self, store: &dyn Store, invitation: &Invitation) -> Result<Accepted, AcceptError> {
        let key = self.env.keys.key(&invitation.secure_id, 0);
        let by = Acceptor::Newcomer {
            name: text("Ada Lovelace"),
            password: PasswordHash::new("$argon2id$…".to_owned()),
        };
        let command =
            Accept { secure_id: invitation.secure_id.clone(), key: Some(key.reveal().to_owned()), by };
        store.write("accept", |tx| accept(tx, &self.env, &command))
    }

    pub(crate) fn resend(&self, store: &dyn Store, id: InvitationId) -> Result<Invitation, ResendError> {
        store.write("resend", |tx| resend(tx, &self.env, &self.owner, id))
    }

    pub(crate) fn revoke(&self, store: &dyn Store, id: InvitationId) -> Result<(), RevokeError> {
        store.write("revoke", |tx| revoke(tx, &self.env, &self.owner, &id.into()))
    }

    /// An access token of the owner with the global scope and without expiry.
    pub(crate) fn new_access_token(&self, digest: &TokenDigest) -> NewAccessToken {
        NewAccessToken {
            public_id: Token::generate(self.env.entropy.as_ref()),
            digest: digest.clone(),
            account_id: self.owner.account.id,
            person_id: self.owner.person.id,
            name: text("Deployment"),
            scope: Scope::Global,
            created_at: self.now(),
            expires_at: None,
        }
    }

    /// The owner's credential.
    pub(crate) fn credential(&self) -> Credential {
        testkit::credential(self.owner.person.email.as_str())
    }

    /// The invitation as it is stored now.
    pub(crate) fn stored(&self, place: &dyn TestDatabase, id: InvitationId) -> Invitation {
        let store: &dyn Store = place.store();
        store.read("look", |tx| tx.invitation(self.owner.account.id, id)).unwrap().unwrap()
    }
}

pub(crate) fn text(text: &str) -> DisplayText {
    DisplayText::parse(text).unwrap()
}

pub(crate) fn grant(role: &str) -> Grant {
    Grant::of_roles([role]).unwrap()
}

pub(crate) fn new_person(env: &Env, address: &str) -> NewPerson {
    NewPerson {
        public_id: Token::generate(env.entropy.as_ref()),
        email: EmailAddress::parse(address).unwrap(),
        email_verified: true,
        name: text("Grace Hopper"),
        password: None,
        created_at: env.now(),
    }
}
