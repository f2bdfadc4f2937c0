//! Revoke an access token (operators only).

use super::{record::record_by_operator, unit_error};
use crate::{
    account::{AccountName, PublicId},
    audit::AuditAction,
    env::Env,
    port::{StoreError, Tx},
};

/// Why an access token was not revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeAccessTokenError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// The account has no token with that id, or it was revoked already.
    #[error("this account has no access token {0} that could be revoked")]
    NotFound(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(RevokeAccessTokenError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::NotFound(_) => "not_found",
});

/// Revokes a token and inserts the audit entry.
pub fn revoke_access_token(
    tx: &mut dyn Tx,
    env: &Env,
    account: &AccountName,
    public_id: &PublicId,
) -> Result<(), RevokeAccessTokenError> {
    let account = tx
        .account_by_name(account)?
        .ok_or_else(|| RevokeAccessTokenError::UnknownAccount(account.clone()))?;
    let owner = tx
        .revoke_access_token(account.id, public_id, env.now())?
        .ok_or_else(|| RevokeAccessTokenError::NotFound(public_id.to_string()))?;
    record_by_operator(tx, env, AuditAction::AccessTokenRevoked, Some(owner), Some(account.id))?;
    Ok(())
}
