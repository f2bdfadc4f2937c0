//! Change the roles of a member, or end the membership (operators only).

use super::{
    administrators::{is_administrator, is_last_administrator},
    end_tokens::end_issued_tokens,
    record::record_by_operator,
    unit_error,
};
use crate::{
    account::{Account, AccountName},
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    membership::Membership,
    person::Person,
    port::{StoreError, Tx},
    role::Grant,
};

/// A member to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberToChange {
    /// The account.
    pub account: AccountName,
    /// The member's address.
    pub email: EmailAddress,
    /// Whether the account may be left without an administrator.
    pub force: bool,
}

/// Why a member was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManageMemberError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// No member of the account has that address.
    #[error("{0} is not a member of this account")]
    NotAMember(String),
    /// Without the member nobody could manage the account.
    #[error(
        "{email} is the last administrator of the account {account}: nobody else could invite people or manage members"
    )]
    LastAdministrator {
        /// The member's address.
        email: String,
        /// The account.
        account: AccountName,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ManageMemberError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::NotAMember(_) => "not_a_member",
    Self::LastAdministrator { .. } => "last_administrator",
});

/// Replaces the roles and services of a member.
pub fn set_roles(
    tx: &mut dyn Tx,
    env: &Env,
    member: &MemberToChange,
    grant: &Grant,
) -> Result<Person, ManageMemberError> {
    let (account, person, membership) = find(tx, member)?;
    if !is_administrator(grant) {
        require_another_administrator(tx, member, &account, &membership)?;
    }
    let changed = Membership { grant: grant.clone(), ..membership };
    if !tx.update_membership(&changed)? {
        return Err(StoreError::Contended.into());
    }
    record_by_operator(tx, env, AuditAction::MemberRolesChanged, Some(person.id), Some(account.id))?;
    Ok(person)
}

/// Ends a membership with its access tokens, and the tokens that were issued to the person until now. Access tokens of other
/// accounts stay: their administrators decide about them.
pub fn remove_member(
    tx: &mut dyn Tx,
    env: &Env,
    member: &MemberToChange,
) -> Result<Person, ManageMemberError> {
    let (account, mut person, membership) = find(tx, member)?;
    require_another_administrator(tx, member, &account, &membership)?;
    end_issued_tokens(tx, env, &mut person)?;
    if !tx.delete_membership(account.id, person.id)? {
        return Err(StoreError::Contended.into());
    }
    record_by_operator(tx, env, AuditAction::MemberRemoved, Some(person.id), Some(account.id))?;
    Ok(person)
}

fn find(
    tx: &mut dyn Tx,
    member: &MemberToChange,
) -> Result<(Account, Person, Membership), ManageMemberError> {
    let unknown = || ManageMemberError::UnknownAccount(member.account.clone());
    let account = tx.account_by_name(&member.account)?.ok_or_else(unknown)?;
    let not_a_member = || ManageMemberError::NotAMember(member.email.to_string());
    let person = tx.person_by_email(&member.email)?.ok_or_else(not_a_member)?;
    let membership = tx.membership(account.id, person.id)?.ok_or_else(not_a_member)?;
    Ok((account, person, membership))
}

fn require_another_administrator(
    tx: &mut dyn Tx,
    member: &MemberToChange,
    account: &Account,
    membership: &Membership,
) -> Result<(), ManageMemberError> {
    if member.force || !is_last_administrator(tx, account, membership)? {
        return Ok(());
    }
    let (email, account) = (member.email.to_string(), account.name.clone());
    Err(ManageMemberError::LastAdministrator { email, account })
}
