//! Create a person without any account (operators only).

use super::{record::record_by_operator, unit_error};
use crate::{
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    person::{NewPerson, PasswordHash, Person},
    port::{StoreError, Tx, store::Constraint},
    text::DisplayText,
    token::Token,
};

/// Creates a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePerson {
    /// The address. The operator vouches for it.
    pub email: EmailAddress,
    /// The name that others see.
    pub name: DisplayText,
    /// The hash of a first password, if any.
    pub password: Option<PasswordHash>,
}

/// Why a person was not created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreatePersonError {
    /// The address is taken.
    #[error("there is a person with the address {0} already")]
    Exists(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(CreatePersonError {
    Self::Exists(_) => "exists",
});

/// Inserts the person and the audit entry.
pub fn create_person(
    tx: &mut dyn Tx,
    env: &Env,
    command: &CreatePerson,
) -> Result<Person, CreatePersonError> {
    let inserted = tx.insert_person(&NewPerson {
        public_id: Token::generate(env.entropy.as_ref()),
        email: command.email.clone(),
        email_verified: true,
        name: command.name.clone(),
        password: command.password.clone(),
        created_at: env.now(),
    });
    let person = match inserted {
        Err(StoreError::Conflict(Constraint::PersonEmail)) => {
            return Err(CreatePersonError::Exists(command.email.to_string()));
        }
        other => other?,
    };
    record_by_operator(tx, env, AuditAction::PersonCreated, Some(person.id), None)?;
    Ok(person)
}
