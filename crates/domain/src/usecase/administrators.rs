use crate::{
    account::Account,
    id::PersonId,
    membership::Membership,
    port::{StoreError, Tx},
    role::{Grant, Permission},
};

/// Whether a grant gives control over an account: inviting people, and managing its members and roles.
pub(super) fn is_administrator(grant: &Grant) -> bool {
    let permissions = grant.permissions();
    permissions.has(Permission::InviteMembers) && permissions.has(Permission::ManageAccount)
}

/// Whether the account has no administrator apart from this member, who is one. Locks the account before it looks, because
/// two units that each end another administrator would both find the other one.
pub(super) fn is_last_administrator(
    tx: &mut dyn Tx,
    account: &Account,
    member: &Membership,
) -> Result<bool, StoreError> {
    if !is_administrator(&member.grant) {
        return Ok(false);
    }
    tx.lock_account(account.id)?;
    Ok(!has_other(tx, account, member.person_id)?)
}

fn has_other(tx: &mut dyn Tx, account: &Account, person: PersonId) -> Result<bool, StoreError> {
    let members = tx.members(account.id)?;
    Ok(members.iter().any(|(other, membership)| other.id != person && is_administrator(&membership.grant)))
}
