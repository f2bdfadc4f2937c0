use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    account::PublicId,
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, PasswordHash, Person},
    port::StoreError,
    text::DisplayText,
};

use super::row_ref::RowRef;
use crate::{insertion::new_row, schema::person};

#[derive(Queryable, Selectable)]
#[diesel(table_name = person)]
pub(crate) struct PersonRow {
    id: i64,
    public_id: String,
    email: String,
    email_key: String,
    email_verified: bool,
    name: String,
    password_hash: Option<String>,
    tokens_not_before: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    version: i64,
}

impl PersonRow {
    /// The number of the row.
    pub(crate) fn number(&self) -> i64 {
        self.id
    }

    /// The form of the address that comparisons use.
    pub(crate) fn email_key(&self) -> &str {
        &self.email_key
    }
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "person", id: row.id };
        Ok(Self {
            id: PersonId::new(row.id),
            public_id: row_ref.value("public_id", PublicId::parse(&row.public_id))?,
            email: row_ref.value("email", EmailAddress::from_stored(&row.email, &row.email_key))?,
            email_verified: row.email_verified,
            name: row_ref.value("name", DisplayText::from_stored(&row.name))?,
            password: row.password_hash.map(PasswordHash::new),
            tokens_not_before: row.tokens_not_before.map(|moment| moment.and_utc()),
            created_at: row.created_at.and_utc(),
            version: row.version,
        })
    }
}

new_row! {
    /// A new person.
    pub(crate) struct NewPersonRow<'a> for person {
        public_id: &'a str,
        email: &'a str,
        email_key: &'a str,
        email_verified: bool,
        name: &'a str,
        password_hash: Option<&'a str>,
        created_at: NaiveDateTime,
        version: i64,
    }
    order "email_key"
    ending " RETURNING id, public_id"
}

impl<'a> From<&'a NewPerson> for NewPersonRow<'a> {
    fn from(person: &'a NewPerson) -> Self {
        Self {
            public_id: person.public_id.as_str(),
            email: person.email.as_str(),
            email_key: person.email.key(),
            email_verified: person.email_verified,
            name: person.name.as_str(),
            password_hash: person.password.as_ref().map(PasswordHash::as_str),
            created_at: person.created_at.naive_utc(),
            version: 0,
        }
    }
}
