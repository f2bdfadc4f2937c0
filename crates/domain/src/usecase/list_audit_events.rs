//! List entries of the audit log (operators only).

use std::collections::BTreeMap;

use super::unit_error;
use crate::{
    account::AccountName,
    address::EmailAddress,
    audit::{AuditActor, AuditEvent, AuditSubject},
    id::PersonId,
    port::{StoreError, Tx},
};

/// Whose entries are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditFilter {
    /// Those of an account.
    Account(AccountName),
    /// Those of a person, in every account and in none.
    Person(EmailAddress),
}

/// An entry with the addresses of the people that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAuditEvent {
    /// The entry.
    pub event: AuditEvent,
    /// The address of the person who caused it. `None` if that was no person, or if the person was erased.
    pub actor: Option<EmailAddress>,
    /// The address of the person whom it happened to.
    pub person: Option<EmailAddress>,
}

/// Why no entries are listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditListError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// No person has the address.
    #[error("there is no person with the address {0}")]
    UnknownPerson(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(AuditListError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::UnknownPerson(_) => "unknown_person",
});

/// The newest entries, up to `limit`, the oldest of them first.
pub fn list_audit_events(
    tx: &mut dyn Tx,
    filter: &AuditFilter,
    limit: u32,
) -> Result<Vec<ListedAuditEvent>, AuditListError> {
    let subject = subject(tx, filter)?;
    let mut events = tx.newest_audit_events(subject, limit)?;
    events.reverse();
    let people = events.iter().flat_map(|event| [actor(event), event.person]).flatten();
    let mut addresses: BTreeMap<PersonId, Option<EmailAddress>> =
        people.map(|person| (person, None)).collect();
    for (person, address) in &mut addresses {
        *address = tx.person(*person)?.map(|person| person.email);
    }
    let address =
        |person: Option<PersonId>| person.and_then(|person| addresses.get(&person).cloned().flatten());
    let listed = events.into_iter().map(|event| ListedAuditEvent {
        event,
        actor: address(actor(&event)),
        person: address(event.person),
    });
    Ok(listed.collect())
}

fn subject(tx: &mut dyn Tx, filter: &AuditFilter) -> Result<AuditSubject, AuditListError> {
    match filter {
        AuditFilter::Account(name) => {
            let account = tx.account_by_name(name)?;
            let account = account.ok_or_else(|| AuditListError::UnknownAccount(name.clone()))?;
            Ok(AuditSubject::Account(account.id))
        }
        AuditFilter::Person(email) => {
            let person = tx.person_by_email(email)?;
            let person = person.ok_or_else(|| AuditListError::UnknownPerson(email.to_string()))?;
            Ok(AuditSubject::Person(person.id))
        }
    }
}

const fn actor(event: &AuditEvent) -> Option<PersonId> {
    match event.actor {
        AuditActor::Person(person) => Some(person),
        AuditActor::Invitee | AuditActor::Operator | AuditActor::System => None,
    }
}
