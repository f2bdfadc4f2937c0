//! List the account's open invitations, or get one of them.

use super::unit_error;
use crate::{
    env::Env,
    id::InvitationId,
    invitation::{Invitation, SecureId, Status},
    port::{StoreError, Tx, store::Page},
    principal::Actor,
    role::Permission,
    text::DisplayText,
};

/// An invitation as an actor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The invitation.
    pub invitation: Invitation,
    /// Title of its account.
    pub account_title: DisplayText,
    /// What the link names: only for those who could make this invitation themselves.
    pub secure_id: Option<SecureId>,
}

/// A part of the account's open invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The part that was asked for, in its order.
    pub items: Vec<InvitationView>,
    /// How many are open in all.
    pub count: u64,
}

/// Why there is nothing to see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The actor sees no invitations.
    #[error("your roles in this account do not allow seeing its invitations")]
    Forbidden,
    /// No open invitation of the account has that number.
    #[error("there is no pending invitation with this id")]
    NotFound,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ViewError {
    Self::Forbidden => "forbidden",
    Self::NotFound => "not_found",
});

/// The open invitations of the actor's account.
pub fn list(tx: &mut dyn Tx, env: &Env, actor: &Actor, page: Page) -> Result<Listing, ViewError> {
    authorize(actor)?;
    let now = env.now();
    let count = tx.count_open_invitations(actor.account.id, now)?;
    let (part, in_reverse) = page.from_nearer_end(count);
    let mut invitations = tx.open_invitations(actor.account.id, now, part)?;
    if in_reverse {
        invitations.reverse();
    }
    let items = invitations.into_iter().map(|invitation| seen_by(actor, invitation)).collect();
    Ok(Listing { items, count })
}

/// One open invitation of the actor's account.
pub fn get(tx: &mut dyn Tx, env: &Env, actor: &Actor, id: InvitationId) -> Result<InvitationView, ViewError> {
    authorize(actor)?;
    let found = tx.invitation(actor.account.id, id)?;
    let open = found.filter(|invitation| invitation.status_at(env.now()) == Status::Pending);
    open.map(|invitation| seen_by(actor, invitation)).ok_or(ViewError::NotFound)
}

fn authorize(actor: &Actor) -> Result<(), ViewError> {
    if actor.may(Permission::ViewInvitations) { Ok(()) } else { Err(ViewError::Forbidden) }
}

fn seen_by(actor: &Actor, invitation: Invitation) -> InvitationView {
    let secure_id = actor.may_hand_out(&invitation.grant).then(|| invitation.secure_id.clone());
    InvitationView { invitation, account_title: actor.account.title.clone(), secure_id }
}
