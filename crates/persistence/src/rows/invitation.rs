use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    invitation::{Invitation, NewInvitation, SecureId, Status},
    port::StoreError,
    text::{DisplayText, Locale},
};

use super::{grant, row_ref::RowRef, stored_time::StoredTime};
use crate::{insertion::new_row, schema::invitation};

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitation)]
pub(crate) struct InvitationRow {
    id: i64,
    public_id: String,
    secure_id: String,
    account_id: i64,
    email: String,
    email_key: String,
    name: Option<String>,
    locale: Option<String>,
    roles: String,
    limit_services: bool,
    services: String,
    sponsor: Option<i64>,
    status: String,
    generation: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    sent_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    closed_at: Option<NaiveDateTime>,
    closed_by: Option<i64>,
    version: i64,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = StoreError;

    fn try_from(row: InvitationRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "invitation", id: row.id };
        Ok(Self {
            id: InvitationId::new(row.id),
            public_id: row_ref.value("public_id", PublicId::parse(&row.public_id))?,
            secure_id: row_ref.value("secure_id", SecureId::parse(&row.secure_id))?,
            account_id: AccountId::new(row.account_id),
            email: row_ref.value("email", EmailAddress::from_stored(&row.email, &row.email_key))?,
            name: row_ref.optional("name", row.name.as_deref().map(DisplayText::from_stored))?,
            locale: row_ref.optional("locale", row.locale.as_deref().map(Locale::parse))?,
            grant: grant::read(row_ref, &row.roles, row.limit_services, &row.services)?,
            sponsor: row.sponsor.map(PersonId::new),
            status: row_ref.value("status", Status::parse(&row.status))?,
            generation: row_ref.value("generation", u32::try_from(row.generation))?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            sent_at: row.sent_at.and_utc(),
            expires_at: row.expires_at.and_utc(),
            closed_at: row.closed_at.map(|at| at.and_utc()),
            closed_by: row.closed_by.map(PersonId::new),
            version: row.version,
        })
    }
}

new_row! {
    /// A new invitation. Inserted only if its address has no pending invitation in the account.
    pub(crate) struct NewInvitationRow<'a> for invitation {
        public_id: &'a str,
        secure_id: &'a str,
        account_id: i64,
        email: &'a str,
        email_key: &'a str,
        name: Option<&'a str>,
        locale: Option<&'a str>,
        roles: String,
        limit_services: bool,
        services: String,
        sponsor: Option<i64>,
        status: &'static str,
        generation: i64,
        created_at: StoredTime,
        updated_at: StoredTime,
        sent_at: StoredTime,
        expires_at: StoredTime,
        version: i64,
    }
    order "account_id, email_key"
    ending " ON CONFLICT (account_id, email_key) WHERE status = 'pending' DO NOTHING RETURNING id, public_id"
}

impl<'a> From<&'a NewInvitation> for NewInvitationRow<'a> {
    fn from(invitation: &'a NewInvitation) -> Self {
        let created_at = StoredTime::from(invitation.created_at);
        Self {
            public_id: invitation.public_id.as_str(),
            secure_id: invitation.secure_id.as_str(),
            account_id: invitation.account_id.get(),
            email: invitation.email.as_str(),
            email_key: invitation.email.key(),
            name: invitation.name.as_ref().map(DisplayText::as_str),
            locale: invitation.locale.as_ref().map(Locale::as_str),
            roles: grant::roles(&invitation.grant),
            limit_services: invitation.grant.limit_services(),
            services: grant::services(&invitation.grant),
            sponsor: Some(invitation.sponsor.get()),
            status: Status::Pending.as_str(),
            generation: 0,
            created_at,
            updated_at: created_at,
            sent_at: created_at,
            expires_at: invitation.expires_at.into(),
            version: 0,
        }
    }
}

/// The columns that change during the life of an invitation, preceded by its number, account and version as they were
/// read.
pub(crate) struct ChangedInvitationRow {
    pub(crate) id: i64,
    pub(crate) account_id: i64,
    pub(crate) version: i64,
    pub(crate) status: &'static str,
    pub(crate) sponsor: Option<i64>,
    pub(crate) generation: i64,
    pub(crate) closed_at: Option<NaiveDateTime>,
    pub(crate) closed_by: Option<i64>,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) sent_at: NaiveDateTime,
    pub(crate) expires_at: NaiveDateTime,
}

impl From<&Invitation> for ChangedInvitationRow {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.get(),
            account_id: invitation.account_id.get(),
            version: invitation.version,
            status: invitation.status.as_str(),
            sponsor: invitation.sponsor.map(PersonId::get),
            generation: i64::from(invitation.generation),
            closed_at: invitation.closed_at.map(|at| at.naive_utc()),
            closed_by: invitation.closed_by.map(PersonId::get),
            updated_at: invitation.updated_at.naive_utc(),
            sent_at: invitation.sent_at.naive_utc(),
            expires_at: invitation.expires_at.naive_utc(),
        }
    }
}
