//! Set a person's password (operators only).

use super::{end_tokens::end_tokens, record::record_by_operator, unit_error};
use crate::{
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    person::{PasswordHash, Person},
    port::{StoreError, Tx},
};

/// Why a password was not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetPasswordError {
    /// No person has the address.
    #[error("there is no person with the address {0}")]
    UnknownPerson(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(SetPasswordError {
    Self::UnknownPerson(_) => "unknown_person",
});

/// What happens to the tokens of a person whose password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokensOfPerson {
    /// They end, because they may belong to an attacker who knew the old password.
    End,
    /// They remain valid.
    Keep,
}

/// Replaces a person's password and inserts the audit entry.
pub fn set_password(
    tx: &mut dyn Tx,
    env: &Env,
    email: &EmailAddress,
    password: &PasswordHash,
    tokens: TokensOfPerson,
) -> Result<Person, SetPasswordError> {
    let mut person =
        tx.person_by_email(email)?.ok_or_else(|| SetPasswordError::UnknownPerson(email.to_string()))?;
    person.password = Some(password.clone());
    match tokens {
        TokensOfPerson::End => end_tokens(tx, env, &mut person)?,
        TokensOfPerson::Keep => tx.update_person(&person)?,
    }
    record_by_operator(tx, env, AuditAction::PasswordSet, Some(person.id), None)?;
    Ok(person)
}
