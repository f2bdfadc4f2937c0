use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    account::PublicId,
    address::EmailAddress,
    id::InvitationId,
    invitation::{OpenInvitation, SecureId},
    port::StoreError,
    text::DisplayText,
};

use super::{Place, grant};
use crate::schema::invitation;

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitation)]
pub(crate) struct OpenInvitationRow {
    id: i64,
    public_id: String,
    secure_id: String,
    email: String,
    email_key: String,
    name: Option<String>,
    roles: String,
    limit_services: bool,
    services: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    sent_at: NaiveDateTime,
}

/// The columns of a row, wherever their texts are.
pub(crate) struct OpenInvitationColumns<'a> {
    pub(crate) id: i64,
    pub(crate) public_id: &'a str,
    pub(crate) secure_id: &'a str,
    pub(crate) email: &'a str,
    /// Where it differs from the address.
    pub(crate) email_key: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) roles: &'a str,
    pub(crate) limit_services: bool,
    pub(crate) services: &'a str,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) sent_at: NaiveDateTime,
}

impl OpenInvitationRow {
    /// The one of the row.
    pub(crate) fn number(&self) -> i64 {
        self.id
    }

    /// What is in it.
    pub(crate) fn columns(&self) -> OpenInvitationColumns<'_> {
        OpenInvitationColumns {
            id: self.id,
            public_id: &self.public_id,
            secure_id: &self.secure_id,
            email: &self.email,
            email_key: Some(&self.email_key),
            name: self.name.as_deref(),
            roles: &self.roles,
            limit_services: self.limit_services,
            services: &self.services,
            created_at: self.created_at,
            updated_at: self.updated_at,
            sent_at: self.sent_at,
        }
    }
}

impl TryFrom<OpenInvitationColumns<'_>> for OpenInvitation {
    type Error = StoreError;

    fn try_from(row: OpenInvitationColumns<'_>) -> Result<Self, StoreError> {
        let place = Place { table: "invitation", id: row.id };
        let key = row.email_key.unwrap_or(row.email);
        Ok(Self {
            id: InvitationId::new(row.id),
            public_id: place.value("public_id", PublicId::parse(row.public_id))?,
            secure_id: Some(place.value("secure_id", SecureId::parse(row.secure_id))?),
            email: place.value("email", EmailAddress::from_stored(row.email, key))?,
            name: place.optional("name", row.name.map(DisplayText::from_stored))?,
            grant: grant::read(place, row.roles, row.limit_services, row.services)?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            sent_at: row.sent_at.and_utc(),
        })
    }
}
