use super::{
    MemoryTx,
    state::{State, present, unique},
};
use crate::{
    Timestamp,
    access_token::{AccessToken, NewAccessToken, TokenDigest},
    account::PublicId,
    id::{AccessTokenId, AccountId, PersonId},
    port::{
        StoreError,
        store::{AccessTokens, Constraint},
    },
};

impl State {
    pub(super) fn access_token(&self, digest: &TokenDigest) -> Option<AccessToken> {
        self.access_tokens.find(|(_, stored)| stored == digest).map(|(token, _)| token)
    }
}

impl AccessTokens for MemoryTx {
    fn insert_access_token(&mut self, token: &NewAccessToken) -> Result<AccessToken, StoreError> {
        let new = token.clone();
        self.write(|state| {
            let repeated = state
                .access_tokens
                .has(|(other, digest)| other.public_id == new.public_id || *digest == new.digest);
            unique(repeated, Constraint::RandomId)?;
            present(state.memberships.contains_key(&(new.person_id, new.account_id)))?;
            let row = state.access_tokens.insert(|id| {
                let token = AccessToken {
                    id: AccessTokenId::new(id),
                    public_id: new.public_id,
                    account_id: new.account_id,
                    person_id: new.person_id,
                    name: new.name,
                    scope: new.scope,
                    created_at: new.created_at,
                    expires_at: new.expires_at,
                    revoked_at: None,
                };
                (token, new.digest)
            });
            Ok(row.0)
        })
    }

    fn access_tokens(&mut self, account: AccountId) -> Result<Vec<AccessToken>, StoreError> {
        self.read(|state| {
            let own = state.access_tokens.filtered(|(token, _)| token.account_id == account);
            Ok(own.into_iter().map(|(token, _)| token).collect())
        })
    }

    fn revoke_access_token(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
        at: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        self.write(|state| {
            let found = state.access_tokens.find(|(token, _)| {
                token.account_id == account && token.public_id == *public_id && token.revoked_at.is_none()
            });
            let stored = found.and_then(|(token, _)| state.access_tokens.get_mut(token.id.get()));
            Ok(stored.map(|(token, _)| {
                token.revoked_at = Some(at);
                token.person_id
            }))
        })
    }
}
