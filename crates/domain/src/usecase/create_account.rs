//! Create an account (operators only).

use super::{record::record_by_operator, unit_error};
use crate::{
    account::{Account, AccountName, NewAccount},
    audit::AuditAction,
    env::Env,
    port::{StoreError, Tx, store::Constraint},
    text::DisplayText,
    token::Token,
};

/// Creates an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateAccount {
    /// The unique slug.
    pub name: AccountName,
    /// The title that people see.
    pub title: DisplayText,
}

/// Why an account was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateAccountError {
    /// The name is taken.
    #[error("there is an account named {0} already")]
    Exists(AccountName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(CreateAccountError {
    Self::Exists(_) => "exists",
});

/// Inserts the account and its audit entry.
pub fn create_account(
    tx: &mut dyn Tx,
    env: &Env,
    command: &CreateAccount,
) -> Result<Account, CreateAccountError> {
    let now = env.now();
    let inserted = tx.insert_account(&NewAccount {
        public_id: Token::generate(env.entropy.as_ref()),
        name: command.name.clone(),
        title: command.title.clone(),
        created_at: now,
    });
    let account = match inserted {
        Err(StoreError::Conflict(Constraint::AccountName)) => {
            return Err(CreateAccountError::Exists(command.name.clone()));
        }
        other => other?,
    };
    record_by_operator(tx, env, AuditAction::AccountCreated, None, Some(account.id))?;
    Ok(account)
}
