use super::StoreError;
use crate::{
    Timestamp,
    access_token::{AccessToken, NewAccessToken},
    account::PublicId,
    id::{AccountId, PersonId},
};

/// Access tokens. They are gone when the membership that they belong to is.
pub trait AccessTokens {
    /// Writes a new one. `Contended` when the person is no member of the account.
    fn insert_access_token(&mut self, token: &NewAccessToken) -> Result<AccessToken, StoreError>;
    /// Those of an account, live or not, the oldest first.
    fn access_tokens(&mut self, account: AccountId) -> Result<Vec<AccessToken>, StoreError>;
    /// Revokes one; answers whose it was. `None`, and no change, when there is none of that id that was not revoked before.
    fn revoke_access_token(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
        at: Timestamp,
    ) -> Result<Option<PersonId>, StoreError>;
}
