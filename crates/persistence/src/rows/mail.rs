use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    account::PublicId,
    id::{AccountId, InvitationId, MailId},
    outbox::{DeliveryKind, Destination, LeaseToken, Mail, MailState, NewMail},
    port::StoreError,
};

use super::{row_ref::RowRef, stored_time::StoredTime};
use crate::{insertion::new_row, schema::delivery};

#[derive(Queryable, Selectable)]
#[diesel(table_name = delivery)]
pub(crate) struct MailRow {
    id: i64,
    reference: String,
    destination: String,
    account_id: i64,
    invitation_id: i64,
    generation: i64,
    state: String,
    attempts: i64,
    due_at: NaiveDateTime,
    lease_until: Option<NaiveDateTime>,
    lease_token: Option<String>,
    last_error: Option<String>,
    refused_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    queued_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl MailRow {
    /// The number of the row.
    pub(crate) fn number(&self) -> i64 {
        self.id
    }
}

impl TryFrom<MailRow> for Mail {
    type Error = StoreError;

    fn try_from(row: MailRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "delivery", id: row.id };
        let token = row_ref.optional("lease_token", row.lease_token.as_deref().map(LeaseToken::parse))?;
        Ok(Self {
            id: MailId::new(row.id),
            reference: row_ref.value("reference", PublicId::parse(&row.reference))?,
            destination: Destination::from_stored(row.destination),
            account_id: AccountId::new(row.account_id),
            invitation_id: InvitationId::new(row.invitation_id),
            generation: row_ref.value("generation", u32::try_from(row.generation))?,
            state: row_ref.value("state", MailState::parse(&row.state))?,
            attempts: row_ref.value("attempts", u32::try_from(row.attempts))?,
            due_at: row.due_at.and_utc(),
            lease: row.lease_until.map(|until| until.and_utc()).zip(token),
            last_error: row.last_error,
            refused_at: row.refused_at.map(|at| at.and_utc()),
            created_at: row.created_at.and_utc(),
            queued_at: row.queued_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        })
    }
}

new_row! {
    /// A new mail. Its entry in the queue is inserted with it: on PostgreSQL by the same statement.
    pub(crate) struct NewMailRow<'a> for delivery {
        reference: &'a str,
        kind: &'static str,
        destination: &'a str,
        account_id: i64,
        invitation_id: i64,
        generation: i64,
        state: &'static str,
        attempts: i64,
        due_at: StoredTime,
        created_at: StoredTime,
        queued_at: StoredTime,
        updated_at: StoredTime,
    }
    ending " RETURNING id, reference, kind, account_id, due_at"
    within "WITH inserted AS ("
    ") INSERT INTO queued_delivery (kind, account_id, due_at, delivery_id) \
      SELECT kind, account_id, due_at, id FROM inserted"
}

new_row! {
    /// A new entry in the queue, inserted after its mail. Only SQLite needs it.
    pub(crate) struct NewQueueEntryRow for queued_delivery {
        kind: &'static str,
        account_id: i64,
        due_at: StoredTime,
        delivery_id: i64,
    }
}

impl NewMailRow<'_> {
    /// Names the mail.
    pub(crate) fn reference(&self) -> &str {
        self.reference
    }

    /// The mail's entry in the queue, after the mail has got its number.
    pub(crate) fn queue_entry(&self, number: i64) -> NewQueueEntryRow {
        NewQueueEntryRow {
            kind: self.kind,
            account_id: self.account_id,
            due_at: self.due_at,
            delivery_id: number,
        }
    }
}

impl<'a> From<&'a NewMail> for NewMailRow<'a> {
    fn from(mail: &'a NewMail) -> Self {
        let created_at = StoredTime::from(mail.created_at);
        Self {
            reference: mail.reference.as_str(),
            kind: DeliveryKind::Mail.as_str(),
            destination: mail.destination.as_str(),
            account_id: mail.account_id.get(),
            invitation_id: mail.invitation_id.get(),
            generation: i64::from(mail.generation),
            state: MailState::Queued.as_str(),
            attempts: 0,
            due_at: created_at,
            created_at,
            queued_at: created_at,
            updated_at: created_at,
        }
    }
}
