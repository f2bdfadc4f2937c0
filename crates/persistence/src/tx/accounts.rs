use diesel::prelude::*;
use usher_domain::{
    account::{Account, AccountName, NewAccount},
    id::AccountId,
    port::{StoreError, store::Accounts},
};

use super::{DieselTx, exactly};
use crate::{
    connection::MultiBackend,
    rows::{AccountRow, NewAccountRow, read_all, read_optional},
    schema::account,
};

impl Accounts for DieselTx<'_> {
    fn insert_account(&mut self, account: &NewAccount) -> Result<Account, StoreError> {
        self.write(|connection| {
            let row: AccountRow = diesel::insert_into(account::table)
                .values(NewAccountRow::from(account))
                .returning(<AccountRow as Selectable<MultiBackend>>::construct_selection())
                .get_result(connection)?;
            Ok(row.try_into()?)
        })
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.read(|connection| {
            let row = account::table.find(id.get()).select(AccountRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn account_by_name(&mut self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        self.read(|connection| {
            let row = account::table.filter(account::name.eq(name.as_str())).select(AccountRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        self.read(|connection| {
            let rows = account::table.order(account::name).select(AccountRow::as_select());
            Ok(read_all(rows.load(connection)?)?)
        })
    }

    /// An update that changes nothing. PostgreSQL fails the later of two such updates, because its snapshot is older than the
    /// first; after a mere row lock it would go on with the old snapshot. The update leaves out the key, so that rows that refer to the
    /// account can still be inserted. On SQLite units that write run one after the other anyway.
    fn lock_account(&mut self, id: AccountId) -> Result<(), StoreError> {
        self.write(|connection| {
            let unchanged =
                diesel::update(account::table.find(id.get())).set(account::title.eq(account::title));
            exactly(1, unchanged.execute(connection)?)
        })
    }
}
