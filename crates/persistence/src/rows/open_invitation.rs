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

/// The columns that anybody is shown of an invitation that is open, wherever their texts are.
#[derive(Queryable, Selectable)]
#[diesel(table_name = invitation)]
pub(crate) struct OpenInvitationRow<T> {
    pub(crate) id: i64,
    pub(crate) public_id: T,
    pub(crate) secure_id: T,
    pub(crate) email: T,
    pub(crate) email_key: T,
    pub(crate) name: Option<T>,
    pub(crate) roles: T,
    pub(crate) limit_services: bool,
    pub(crate) services: T,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) sent_at: NaiveDateTime,
}

impl<T: AsRef<str>> TryFrom<OpenInvitationRow<T>> for OpenInvitation {
    type Error = StoreError;

    fn try_from(row: OpenInvitationRow<T>) -> Result<Self, StoreError> {
        let place = Place { table: "invitation", id: row.id };
        let email = EmailAddress::from_stored(row.email.as_ref(), row.email_key.as_ref());
        let name = row.name.as_ref().map(|name| DisplayText::from_stored(name.as_ref()));
        Ok(Self {
            id: InvitationId::new(row.id),
            public_id: place.value("public_id", PublicId::parse(row.public_id.as_ref()))?,
            secure_id: Some(place.value("secure_id", SecureId::parse(row.secure_id.as_ref()))?),
            email: place.value("email", email)?,
            name: place.optional("name", name)?,
            grant: grant::read(place, row.roles.as_ref(), row.limit_services, row.services.as_ref())?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            sent_at: row.sent_at.and_utc(),
        })
    }
}
