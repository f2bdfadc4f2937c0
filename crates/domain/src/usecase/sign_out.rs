//! Sign a person out everywhere (operators only).

use super::{end_tokens::end_tokens, record::record_by_operator, set_password::SetPasswordError};
use crate::{address::EmailAddress, audit::AuditAction, env::Env, person::Person, port::Tx};

/// Ends every token of the person. A person who knows the password, or who has a login at an issuer, can sign in again.
pub fn sign_out(tx: &mut dyn Tx, env: &Env, email: &EmailAddress) -> Result<Person, SetPasswordError> {
    let unknown = || SetPasswordError::UnknownPerson(email.to_string());
    let mut person = tx.person_by_email(email)?.ok_or_else(unknown)?;
    end_tokens(tx, env, &mut person)?;
    record_by_operator(tx, env, AuditAction::PersonSignedOut, Some(person.id), None)?;
    Ok(person)
}
