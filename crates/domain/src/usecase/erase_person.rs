//! Erase a person (operators only).

use super::{administrators::is_last_administrator, record::record_by_operator, unit_error};
use crate::{
    account::AccountName,
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    port::{StoreError, Tx},
};

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The accounts that the person was a member of.
    pub accounts: Vec<AccountName>,
    /// The number of invitations to the person's address.
    pub invitations: usize,
}

/// Why a person was not erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErasePersonError {
    /// No person has the address, and no invitation was sent to it.
    #[error("there is no person and no invitation with the address {0}")]
    Unknown(String),
    /// Without the person nobody could manage the account.
    #[error(
        "{email} is the last administrator of the account {account}: nobody else could invite people or manage members"
    )]
    LastAdministrator {
        /// The person's address.
        email: String,
        /// The account.
        account: AccountName,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ErasePersonError {
    Self::Unknown(_) => "unknown_person",
    Self::LastAdministrator { .. } => "last_administrator",
});

/// Deletes the person, the memberships, the access tokens, and the invitations to the address. Invitations that the person sent
/// stay, without a sponsor, so they cannot be accepted. The audit log keeps the person's number, which then means nobody.
pub fn erase_person(
    tx: &mut dyn Tx,
    env: &Env,
    email: &EmailAddress,
    force: bool,
) -> Result<Erased, ErasePersonError> {
    let person = tx.person_by_email(email)?;
    let memberships = match &person {
        Some(person) => tx.memberships_of(person.id)?,
        None => Vec::new(),
    };
    for (account, membership) in &memberships {
        if !force && is_last_administrator(tx, account, membership)? {
            let (email, account) = (email.to_string(), account.name.clone());
            return Err(ErasePersonError::LastAdministrator { email, account });
        }
    }
    let invitations = tx.delete_invitations_to(email)?;
    match &person {
        Some(person) => tx.delete_person(person.id)?,
        None if invitations == 0 => return Err(ErasePersonError::Unknown(email.to_string())),
        None => {}
    }
    let id = person.map(|person| person.id);
    for (account, _) in &memberships {
        record_by_operator(tx, env, AuditAction::MemberRemoved, id, Some(account.id))?;
    }
    record_by_operator(tx, env, AuditAction::PersonErased, id, None)?;
    let accounts = memberships.into_iter().map(|(account, _)| account.name).collect();
    Ok(Erased { accounts, invitations })
}
