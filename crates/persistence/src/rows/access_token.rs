use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    access_token::{AccessToken, NewAccessToken, Scope},
    account::PublicId,
    id::{AccessTokenId, AccountId, PersonId},
    port::StoreError,
    text::DisplayText,
};

use super::row_ref::RowRef;
use crate::schema::access_token;

/// Without the digest, which no caller needs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = access_token)]
pub(crate) struct AccessTokenRow {
    id: i64,
    public_id: String,
    account_id: i64,
    person_id: i64,
    name: String,
    scope: String,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
}

impl TryFrom<AccessTokenRow> for AccessToken {
    type Error = StoreError;

    fn try_from(row: AccessTokenRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "access_token", id: row.id };
        Ok(Self {
            id: AccessTokenId::new(row.id),
            public_id: row_ref.value("public_id", PublicId::parse(&row.public_id))?,
            account_id: AccountId::new(row.account_id),
            person_id: PersonId::new(row.person_id),
            name: row_ref.value("name", DisplayText::from_stored(&row.name))?,
            scope: row_ref.value("scope", Scope::parse(&row.scope))?,
            created_at: row.created_at.and_utc(),
            expires_at: row.expires_at.map(|at| at.and_utc()),
            revoked_at: row.revoked_at.map(|at| at.and_utc()),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = access_token)]
pub(crate) struct NewAccessTokenRow<'a> {
    public_id: &'a str,
    digest: &'a str,
    account_id: i64,
    person_id: i64,
    name: &'a str,
    scope: &'static str,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
}

impl<'a> From<&'a NewAccessToken> for NewAccessTokenRow<'a> {
    fn from(token: &'a NewAccessToken) -> Self {
        Self {
            public_id: token.public_id.as_str(),
            digest: token.digest.as_str(),
            account_id: token.account_id.get(),
            person_id: token.person_id.get(),
            name: token.name.as_str(),
            scope: token.scope.as_str(),
            created_at: token.created_at.naive_utc(),
            expires_at: token.expires_at.map(|at| at.naive_utc()),
        }
    }
}
