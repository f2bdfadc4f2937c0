//! Invitations of an account for operators. An operator has no account and no permissions: anyone with access to the command
//! line may do everything that an administrator may, and the audit log says that an operator did it.

use super::{
    resend::{ResendError, resend_as_operator},
    revoke::{RevokeError, revoke_as_operator},
    unit_error,
};
use crate::{
    account::{Account, AccountName},
    env::Env,
    invitation::{Invitation, InvitationRef, Status},
    outbox::Mail,
    person::Inviter,
    port::{StoreError, Tx, store::HistoryPage},
};

/// Lists invitations of an account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInvitations {
    /// The account.
    pub account: AccountName,
    /// Only invitations of this status; `None` for all.
    pub status: Option<Status>,
    /// Only invitations that are older than this one.
    pub before: Option<InvitationRef>,
    /// Most invitations.
    pub limit: u32,
}

/// Names an invitation of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedInvitation {
    /// The account.
    pub account: AccountName,
    /// The invitation.
    pub invitation: InvitationRef,
}

/// An invitation with what an operator wants to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationDetails {
    /// The invitation.
    pub invitation: Invitation,
    /// The member who is responsible for it, if that person still exists.
    pub sponsor: Option<Inviter>,
    /// Its newest mail.
    pub mail: Option<Mail>,
}

/// Why an operator's command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperateError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// The account never had such an invitation.
    #[error("this account has no invitation with this id")]
    UnknownInvitation,
    /// It cannot be resent.
    #[error(transparent)]
    Resend(ResendError),
    /// It cannot be revoked.
    #[error(transparent)]
    Revoke(RevokeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(OperateError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::UnknownInvitation => "unknown_invitation",
    Self::Resend(_) => "not_resent",
    Self::Revoke(_) => "not_revoked",
});

/// The invitations of an account in any status, without those that cannot be read.
pub fn list_invitations(
    tx: &mut dyn Tx,
    env: &Env,
    command: &ListInvitations,
) -> Result<Vec<Invitation>, OperateError> {
    let account = account(tx, &command.account)?;
    let before = match &command.before {
        Some(named) => Some(find(tx, &account, named)?.id),
        None => None,
    };
    let page = HistoryPage { status: command.status, before, limit: command.limit };
    Ok(tx.invitation_history(account.id, env.now(), page)?)
}

/// An invitation in any status.
pub fn show_invitation(tx: &mut dyn Tx, named: &NamedInvitation) -> Result<InvitationDetails, OperateError> {
    let invitation = find_named(tx, named)?;
    let sponsor = match invitation.sponsor {
        Some(sponsor) => tx.person(sponsor)?.map(Inviter::from),
        None => None,
    };
    let mail = tx.mails_of(invitation.account_id, invitation.id)?.pop();
    Ok(InvitationDetails { invitation, sponsor, mail })
}

/// Renews a pending or expired invitation and queues its next mail. Its sponsor stays responsible.
pub fn resend_invitation(
    tx: &mut dyn Tx,
    env: &Env,
    named: &NamedInvitation,
) -> Result<Invitation, OperateError> {
    let invitation = find_named(tx, named)?;
    resend_as_operator(tx, env, invitation).map_err(|error| match error {
        ResendError::Store(error) => error.into(),
        other => OperateError::Resend(other),
    })
}

/// Revokes a pending or expired invitation.
pub fn revoke_invitation(
    tx: &mut dyn Tx,
    env: &Env,
    named: &NamedInvitation,
) -> Result<Invitation, OperateError> {
    let invitation = find_named(tx, named)?;
    revoke_as_operator(tx, env, invitation).map_err(|error| match error {
        RevokeError::Store(error) => error.into(),
        other => OperateError::Revoke(other),
    })
}

fn find_named(tx: &mut dyn Tx, named: &NamedInvitation) -> Result<Invitation, OperateError> {
    let account = account(tx, &named.account)?;
    find(tx, &account, &named.invitation)
}

fn account(tx: &mut dyn Tx, name: &AccountName) -> Result<Account, OperateError> {
    tx.account_by_name(name)?.ok_or_else(|| OperateError::UnknownAccount(name.clone()))
}

fn find(tx: &mut dyn Tx, account: &Account, named: &InvitationRef) -> Result<Invitation, OperateError> {
    let found = match named {
        InvitationRef::Number(id) => tx.invitation(account.id, *id)?,
        InvitationRef::PublicId(id) => tx.invitation_by_public_id(account.id, id)?,
        InvitationRef::Nothing => None,
    };
    found.ok_or(OperateError::UnknownInvitation)
}
