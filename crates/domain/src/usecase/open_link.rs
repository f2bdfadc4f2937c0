//! Open the link of an invitation mail. Changes nothing.

use super::login::Login;
use crate::{
    Timestamp,
    env::Env,
    invitation::{Invitation, KeyProof, SecureId, Status, prove},
    person::Inviter,
    port::{StoreError, Tx},
    text::DisplayText,
};

/// What the holder of a link sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkView {
    /// The invitation is open.
    Open(Box<InviteeView>),
    /// The link was replaced by that of a newer mail.
    Replaced,
    /// The invitation expired. A member of this account can resend it.
    Expired(DisplayText),
    /// The invitation to this account was accepted.
    Accepted(DisplayText),
    /// The invitation to this account was declined.
    Declined(DisplayText),
    /// The invitation to this account was declined, and the holder of the link can reopen it until this moment.
    Reopenable(DisplayText, Timestamp),
    /// The invitation to this account was revoked.
    Revoked(DisplayText),
    /// Not a complete link of this server. A stranger without the key always gets this result.
    Unknown,
}

/// An open invitation as the invitee sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteeView {
    /// The invitation.
    pub invitation: Invitation,
    /// Title of the account.
    pub account_title: DisplayText,
    /// The sponsor, if the sponsor still exists.
    pub inviter: Option<Inviter>,
    /// How the owner of the invited address signs in.
    pub login: Login,
}

/// Judges a link. Without a valid key it costs one look-up and one check of the key, whether the invitation exists or not, so
/// that the response time reveals nothing.
pub fn open_link(
    tx: &mut dyn Tx,
    env: &Env,
    secure_id: &SecureId,
    key: Option<&str>,
) -> Result<LinkView, StoreError> {
    let Some(invitation) = tx.invitation_by_secure_id(secure_id)? else {
        if let Some(key) = key {
            let _none = env.keys.generation_of(secure_id, key);
        }
        return Ok(LinkView::Unknown);
    };
    let proof = prove(env.keys.as_ref(), &invitation, key);
    if proof == KeyProof::None {
        return Ok(LinkView::Unknown);
    }
    let Some(account) = tx.account(invitation.account_id)? else { return Ok(LinkView::Unknown) };
    let title = account.title;
    let now = env.now();
    match invitation.status_at(now) {
        Status::Accepted => Ok(LinkView::Accepted(title)),
        Status::Declined if proof == KeyProof::Current && now < invitation.expires_at => {
            Ok(LinkView::Reopenable(title, invitation.expires_at))
        }
        Status::Declined => Ok(LinkView::Declined(title)),
        Status::Revoked => Ok(LinkView::Revoked(title)),
        Status::Pending | Status::Expired if proof == KeyProof::Replaced => Ok(LinkView::Replaced),
        Status::Expired => Ok(LinkView::Expired(title)),
        Status::Pending => open(tx, invitation, title),
    }
}

fn open(tx: &mut dyn Tx, invitation: Invitation, account_title: DisplayText) -> Result<LinkView, StoreError> {
    let inviter = match invitation.sponsor {
        Some(sponsor) => tx.person(sponsor)?.map(Inviter::from),
        None => None,
    };
    let known = tx.person_by_email(&invitation.email)?;
    let login = Login::of_person(tx, known.as_ref())?;
    Ok(LinkView::Open(Box::new(InviteeView { invitation, account_title, inviter, login })))
}
