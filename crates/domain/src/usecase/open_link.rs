//! Open the link of an invitation mail: look, and change nothing.

use super::login::Login;
use crate::{
    env::Env,
    invitation::{Invitation, KeyProof, SecureId, Status, prove},
    port::{StoreError, Tx},
    text::DisplayText,
};

/// What the holder of a link gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkView {
    /// The invitation is open.
    Open(Box<OpenInvitation>),
    /// A newer mail was sent: that one's link works.
    Replaced,
    /// The time is over; the account can resend it.
    Expired(DisplayText),
    /// It was accepted.
    Accepted(DisplayText),
    /// It was declined.
    Declined(DisplayText),
    /// It was taken back.
    Revoked(DisplayText),
    /// Not a link of ours, or not the whole of it. A stranger without the key always gets this answer.
    Unknown,
}

/// An open invitation as the invitee sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// Title of the account.
    pub account_title: DisplayText,
    /// Who invites, while that person is known.
    pub inviter_name: Option<DisplayText>,
    /// How the owner of the invited address signs in.
    pub login: Login,
}

/// Judges a link. Whoever proves nothing costs one look-up and one judgement of the key, whether the invitation exists
/// or not: the time an answer takes tells no more than the answer.
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
    match invitation.status_at(env.now()) {
        Status::Accepted => Ok(LinkView::Accepted(title)),
        Status::Declined => Ok(LinkView::Declined(title)),
        Status::Revoked => Ok(LinkView::Revoked(title)),
        Status::Pending | Status::Expired if proof == KeyProof::Replaced => Ok(LinkView::Replaced),
        Status::Expired => Ok(LinkView::Expired(title)),
        Status::Pending => open(tx, invitation, title),
    }
}

fn open(tx: &mut dyn Tx, invitation: Invitation, account_title: DisplayText) -> Result<LinkView, StoreError> {
    let inviter_name = match invitation.sponsor {
        Some(sponsor) => tx.person(sponsor)?.map(|person| person.name),
        None => None,
    };
    let invitee = tx.person_by_email(&invitation.email)?;
    let login = Login::of(tx, invitee.as_ref())?;
    Ok(LinkView::Open(Box::new(OpenInvitation { invitation, account_title, inviter_name, login })))
}
