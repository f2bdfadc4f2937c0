use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    account::{Account, AccountName, NewAccount, PublicId},
    id::AccountId,
    port::StoreError,
    text::DisplayText,
};

use super::row_ref::RowRef;
use crate::schema::account;

#[derive(Queryable, Selectable)]
#[diesel(table_name = account)]
pub(crate) struct AccountRow {
    id: i64,
    public_id: String,
    name: String,
    title: String,
    created_at: NaiveDateTime,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let row_ref = RowRef { table: "account", id: row.id };
        Ok(Self {
            id: AccountId::new(row.id),
            public_id: row_ref.value("public_id", PublicId::parse(&row.public_id))?,
            name: row_ref.value("name", AccountName::parse(&row.name))?,
            title: row_ref.value("title", DisplayText::from_stored(&row.title))?,
            created_at: row.created_at.and_utc(),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = account)]
pub(crate) struct NewAccountRow<'a> {
    public_id: &'a str,
    name: &'a str,
    title: &'a str,
    created_at: NaiveDateTime,
}

impl<'a> From<&'a NewAccount> for NewAccountRow<'a> {
    fn from(account: &'a NewAccount) -> Self {
        Self {
            public_id: account.public_id.as_str(),
            name: account.name.as_str(),
            title: account.title.as_str(),
            created_at: account.created_at.naive_utc(),
        }
    }
}
