use std::collections::{BTreeMap, HashMap};

use super::table::Table;
use crate::{
    Timestamp,
    access_token::{AccessToken, Scope, TokenDigest},
    account::Account,
    audit::AuditEvent,
    id::{AccountId, PersonId},
    idempotency::{KeptAnswer, KeyDigest},
    invitation::Invitation,
    membership::Membership,
    outbox::{LeaseToken, Mail, MailQuota},
    person::Person,
    port::{
        StoreError,
        store::{Constraint, NewFailureCount},
    },
    principal::Credential,
};

/// All rows.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) accounts: Table<Account>,
    pub(super) people: Table<Person>,
    pub(super) memberships: BTreeMap<(PersonId, AccountId), Membership>,
    pub(super) access_tokens: Table<(AccessToken, TokenDigest)>,
    pub(super) invitations: Table<Invitation>,
    pub(super) mails: Table<Mail>,
    pub(super) mail_quotas: BTreeMap<String, MailQuota>,
    pub(super) leases: HashMap<&'static str, (LeaseToken, Timestamp)>,
    pub(super) audit: Vec<AuditEvent>,
    pub(super) failed_sign_ins: HashMap<KeyDigest, NewFailureCount>,
    /// When each was last used.
    pub(super) known_networks: HashMap<(PersonId, KeyDigest), Timestamp>,
    pub(super) answers: HashMap<KeyDigest, KeptAnswer>,
}

/// A unique constraint: fails when the other row exists.
pub(super) fn unique(taken: bool, constraint: Constraint) -> Result<(), StoreError> {
    if taken { Err(StoreError::Conflict(constraint)) } else { Ok(()) }
}

/// A foreign key: fails when the referenced row is missing.
pub(super) fn present(found: bool) -> Result<(), StoreError> {
    if found { Ok(()) } else { Err(StoreError::Contended) }
}

impl State {
    /// The person who may write with a credential at a moment.
    pub(super) fn writer(&self, credential: &Credential, now: Timestamp) -> Option<PersonId> {
        match credential {
            Credential::Principal(principal) => {
                self.people.find(|person| person.email == principal.email).map(|person| person.id)
            }
            Credential::AccessToken(digest) => {
                let token = self.access_token(digest).filter(|token| token.is_live_at(now));
                token.filter(|token| token.scope == Scope::Global).map(|token| token.person_id)
            }
        }
    }

    pub(super) fn require_account(&self, id: AccountId) -> Result<(), StoreError> {
        present(self.accounts.get(id.get()).is_some())
    }

    pub(super) fn require_people(&self, ids: impl IntoIterator<Item = PersonId>) -> Result<(), StoreError> {
        ids.into_iter().try_for_each(|id| present(self.people.get(id.get()).is_some()))
    }
}
