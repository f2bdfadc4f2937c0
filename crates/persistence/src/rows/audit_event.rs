use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    audit::{AuditAction, AuditActor, AuditEvent},
    id::{AccountId, InvitationId, PersonId},
    port::StoreError,
};

use super::{row_ref::RowRef, stored_time::StoredTime};
use crate::{insertion::new_row, schema::audit_event};

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_event)]
pub(crate) struct AuditEventRow {
    id: i64,
    at: NaiveDateTime,
    actor: String,
    actor_person: Option<i64>,
    action: String,
    account_id: Option<i64>,
    invitation_id: Option<i64>,
    person_id: Option<i64>,
}

impl TryFrom<AuditEventRow> for AuditEvent {
    type Error = StoreError;

    fn try_from(row: AuditEventRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "audit_event", id: row.id };
        Ok(Self {
            at: row.at.and_utc(),
            actor: row_ref.value("actor", actor(&row.actor, row.actor_person))?,
            action: row_ref.value("action", AuditAction::parse(&row.action))?,
            account: row.account_id.map(AccountId::new),
            invitation: row.invitation_id.map(InvitationId::new),
            person: row.person_id.map(PersonId::new),
        })
    }
}

new_row! {
    /// A new entry of the audit log.
    pub(crate) struct NewAuditEventRow for audit_event {
        at: StoredTime,
        actor: &'static str,
        actor_person: Option<i64>,
        action: &'static str,
        account_id: Option<i64>,
        invitation_id: Option<i64>,
        person_id: Option<i64>,
    }
}

impl From<&AuditEvent> for NewAuditEventRow {
    fn from(event: &AuditEvent) -> Self {
        let (actor, actor_person) = spelling(event.actor);
        Self {
            at: event.at.into(),
            actor,
            actor_person,
            action: event.action.as_str(),
            account_id: event.account.map(AccountId::get),
            invitation_id: event.invitation.map(InvitationId::get),
            person_id: event.person.map(PersonId::get),
        }
    }
}

/// The two columns of an actor.
fn spelling(actor: AuditActor) -> (&'static str, Option<i64>) {
    match actor {
        AuditActor::Person(person) => ("person", Some(person.get())),
        AuditActor::Invitee => ("invitee", None),
        AuditActor::Operator => ("operator", None),
        AuditActor::System => ("system", None),
    }
}

/// The inverse of [`spelling`].
fn actor(kind: &str, person: Option<i64>) -> Option<AuditActor> {
    match (kind, person) {
        ("person", Some(person)) => Some(AuditActor::Person(PersonId::new(person))),
        ("invitee", None) => Some(AuditActor::Invitee),
        ("operator", None) => Some(AuditActor::Operator),
        ("system", None) => Some(AuditActor::System),
        _ => None,
    }
}
