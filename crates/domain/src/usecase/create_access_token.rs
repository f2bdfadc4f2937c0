//! Create an access token for a member (operators only).

use super::{record::record_by_operator, unit_error};
use crate::{
    Timestamp,
    access_token::{AccessToken, NewAccessToken, Scope, TokenDigest},
    account::AccountName,
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    port::{StoreError, Tx},
    text::DisplayText,
    token::Token,
};

/// Creates an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateAccessToken {
    /// The account that the token is valid in.
    pub account: AccountName,
    /// The address of the member who acts with it.
    pub email: EmailAddress,
    /// The name in lists.
    pub name: DisplayText,
    /// What it may be used for.
    pub scope: Scope,
    /// When it expires. `None` for never.
    pub expires_at: Option<Timestamp>,
    /// The digest of the secret. The caller generated the secret and shows it once.
    pub digest: TokenDigest,
}

/// Why an access token was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateAccessTokenError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// No member of the account has that address.
    #[error("{0} is not a member of this account")]
    NotAMember(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(CreateAccessTokenError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::NotAMember(_) => "not_a_member",
});

/// Inserts the token and its audit entry.
pub fn create_access_token(
    tx: &mut dyn Tx,
    env: &Env,
    command: &CreateAccessToken,
) -> Result<AccessToken, CreateAccessTokenError> {
    let account = tx
        .account_by_name(&command.account)?
        .ok_or_else(|| CreateAccessTokenError::UnknownAccount(command.account.clone()))?;
    let not_a_member = || CreateAccessTokenError::NotAMember(command.email.to_string());
    let person = tx.person_by_email(&command.email)?.ok_or_else(not_a_member)?;
    tx.membership(account.id, person.id)?.ok_or_else(not_a_member)?;
    let token = tx.insert_access_token(&NewAccessToken {
        public_id: Token::generate(env.entropy.as_ref()),
        digest: command.digest.clone(),
        account_id: account.id,
        person_id: person.id,
        name: command.name.clone(),
        scope: command.scope,
        created_at: env.now(),
        expires_at: command.expires_at,
    })?;
    record_by_operator(tx, env, AuditAction::AccessTokenCreated, Some(person.id), Some(account.id))?;
    Ok(token)
}
