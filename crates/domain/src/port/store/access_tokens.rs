use super::StoreError;
use crate::{
    Timestamp,
    access_token::{AccessToken, NewAccessToken},
    account::PublicId,
    id::{AccountId, PersonId},
};

/// Access tokens. An access token is deleted with its membership.
pub trait AccessTokens {
    /// Inserts an access token. `Contended` when the person is not a member of the account.
    fn insert_access_token(&mut self, token: &NewAccessToken) -> Result<AccessToken, StoreError>;
    /// The access tokens of an account, live or not, the oldest first.
    fn access_tokens(&mut self, account: AccountId) -> Result<Vec<AccessToken>, StoreError>;
    /// Revokes an access token and returns its person. Returns `None` and changes nothing if the id is unknown or the
    /// token was already revoked.
    fn revoke_access_token(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
        at: Timestamp,
    ) -> Result<Option<PersonId>, StoreError>;
}
