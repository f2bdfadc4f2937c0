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

/// The columns of [`OpenInvitation`]: lists read no others.
#[derive(Queryable, Selectable)]
#[diesel(table_name = invitation)]
pub(crate) struct OpenInvitationRow {
    pub(crate) id: i64,
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

impl TryFrom<OpenInvitationRow> for OpenInvitation {
    type Error = StoreError;

    fn try_from(row: OpenInvitationRow) -> Result<Self, StoreError> {
        let place = Place { table: "invitation", id: row.id };
        Ok(Self {
            id: InvitationId::new(row.id),
            public_id: place.value("public_id", PublicId::parse(&row.public_id))?,
            secure_id: Some(place.value("secure_id", SecureId::parse(&row.secure_id))?),
            email: place.value("email", EmailAddress::from_stored(&row.email, &row.email_key))?,
            name: place.optional("name", row.name.as_deref().map(DisplayText::from_stored))?,
            grant: grant::read(place, &row.roles, row.limit_services, &row.services)?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            sent_at: row.sent_at.and_utc(),
        })
    }
}
