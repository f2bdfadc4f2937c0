use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    access_token::{AccessToken, NewAccessToken},
    account::PublicId,
    id::{AccountId, PersonId},
    port::{StoreError, store::AccessTokens},
};

use super::DieselTx;
use crate::{
    connection::MultiBackend,
    rows::{AccessTokenRow, NewAccessTokenRow, read_or_skip},
    schema::access_token,
};

impl AccessTokens for DieselTx<'_> {
    fn insert_access_token(&mut self, token: &NewAccessToken) -> Result<AccessToken, StoreError> {
        self.write(|connection| {
            let row: AccessTokenRow = diesel::insert_into(access_token::table)
                .values(NewAccessTokenRow::from(token))
                .returning(<AccessTokenRow as Selectable<MultiBackend>>::construct_selection())
                .get_result(connection)?;
            Ok(row.try_into()?)
        })
    }

    fn access_tokens(&mut self, account: AccountId) -> Result<Vec<AccessToken>, StoreError> {
        self.read(|connection| {
            let rows = access_token::table
                .filter(access_token::account_id.eq(account.get()))
                .order(access_token::id)
                .select(AccessTokenRow::as_select());
            // A token that cannot be read grants nothing, and must not hide the tokens that can be revoked.
            Ok(read_or_skip(rows.load::<AccessTokenRow>(connection)?))
        })
    }

    fn revoke_access_token(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
        at: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let live = access_token::table
            .filter(access_token::account_id.eq(account.get()))
            .filter(access_token::public_id.eq(public_id.as_str()))
            .filter(access_token::revoked_at.is_null());
        self.write(|connection| {
            let revoked = diesel::update(live)
                .set(access_token::revoked_at.eq(at.naive_utc()))
                .returning(access_token::person_id);
            Ok(revoked.get_result(connection).optional()?.map(PersonId::new))
        })
    }
}
