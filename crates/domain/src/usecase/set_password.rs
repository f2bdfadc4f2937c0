//! Set a person's password (operators only).

use super::{record::record_by_operator, unit_error};
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

/// Replaces a person's password and inserts the audit entry.
pub fn set_password(
    tx: &mut dyn Tx,
    env: &Env,
    email: &EmailAddress,
    password: &PasswordHash,
) -> Result<Person, SetPasswordError> {
    let mut person =
        tx.person_by_email(email)?.ok_or_else(|| SetPasswordError::UnknownPerson(email.to_string()))?;
    person.password = Some(password.clone());
    tx.update_person(&person)?;
    record_by_operator(tx, env, AuditAction::PasswordSet, Some(person.id), None)?;
    Ok(person)
}
