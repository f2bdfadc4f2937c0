//! The invitation: one account, one address, one promise of roles, and its life cycle.

mod life;
mod link;

pub use life::{NotPending, Status};
pub use link::{KeyProof, LinkKey, SecureId, code, page_url, prove, split_code};

use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    role::Grant,
    text::{DisplayText, Locale},
};

/// An invitation as it is stored. Address and grant never change: another address or role is another invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Number of the row, Landscape's `id`.
    pub id: InvitationId,
    /// Fastly's `id`.
    pub public_id: PublicId,
    /// What the link names. It is not enough to accept: see [`prove`].
    pub secure_id: SecureId,
    /// To which account.
    pub account_id: AccountId,
    /// Whom.
    pub email: EmailAddress,
    /// What the inviter calls the invitee; Fastly's dialect has no such field.
    pub name: Option<DisplayText>,
    /// The language that the invitee reads, if the inviter named one.
    pub locale: Option<Locale>,
    /// What is promised.
    pub grant: Grant,
    /// Who answers for the promise: the inviter, or whoever resent it last. `None` once that person is gone.
    pub sponsor: Option<PersonId>,
    /// As last written; see [`Invitation::status_at`] for the truth at a moment.
    pub status: Status,
    /// How many times it was resent; every resend makes the older keys useless.
    pub generation: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
    /// When a mail was asked for last: creation or resend.
    pub sent_at: Timestamp,
    /// From this moment on it is expired.
    pub expires_at: Timestamp,
    /// When it became accepted, declined, revoked or expired.
    pub closed_at: Option<Timestamp>,
    /// Who accepted, declined or revoked it, where that was a known person.
    pub closed_by: Option<PersonId>,
    /// Compared and set by every update.
    pub version: i64,
}

/// What lists and look-ups tell of an invitation that is open. Pages have many of them: what nobody is shown is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// As [`Invitation::id`].
    pub id: InvitationId,
    /// As [`Invitation::public_id`].
    pub public_id: PublicId,
    /// As [`Invitation::secure_id`]; `None` where it is not for the eyes of whoever asks.
    pub secure_id: Option<SecureId>,
    /// As [`Invitation::email`].
    pub email: EmailAddress,
    /// As [`Invitation::name`].
    pub name: Option<DisplayText>,
    /// As [`Invitation::grant`].
    pub grant: Grant,
    /// As [`Invitation::created_at`].
    pub created_at: Timestamp,
    /// As [`Invitation::updated_at`].
    pub updated_at: Timestamp,
    /// As [`Invitation::sent_at`].
    pub sent_at: Timestamp,
}

impl From<Invitation> for OpenInvitation {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            public_id: invitation.public_id,
            secure_id: Some(invitation.secure_id),
            email: invitation.email,
            name: invitation.name,
            grant: invitation.grant,
            created_at: invitation.created_at,
            updated_at: invitation.updated_at,
            sent_at: invitation.sent_at,
        }
    }
}

/// How a caller names an invitation of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationRef {
    /// As Landscape's clients do.
    Number(InvitationId),
    /// As Fastly's clients do.
    PublicId(PublicId),
    /// By what is no id of either form: there is no such invitation.
    Nothing,
}

impl From<InvitationId> for InvitationRef {
    fn from(id: InvitationId) -> Self {
        Self::Number(id)
    }
}

impl From<PublicId> for InvitationRef {
    fn from(id: PublicId) -> Self {
        Self::PublicId(id)
    }
}

/// An invitation that the store has not numbered yet. It begins pending, in generation 0, sent when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Fastly's `id`.
    pub public_id: PublicId,
    /// What the link names.
    pub secure_id: SecureId,
    /// To which account.
    pub account_id: AccountId,
    /// Whom; at most one pending invitation for an account and an address.
    pub email: EmailAddress,
    /// What the inviter calls the invitee.
    pub name: Option<DisplayText>,
    /// The language that the invitee reads.
    pub locale: Option<Locale>,
    /// What is promised.
    pub grant: Grant,
    /// The inviter.
    pub sponsor: PersonId,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl NewInvitation {
    /// As it is when the store has given it its number.
    #[must_use]
    pub fn numbered(&self, id: InvitationId) -> Invitation {
        Invitation {
            id,
            public_id: self.public_id.clone(),
            secure_id: self.secure_id.clone(),
            account_id: self.account_id,
            email: self.email.clone(),
            name: self.name.clone(),
            locale: self.locale.clone(),
            grant: self.grant.clone(),
            sponsor: Some(self.sponsor),
            status: Status::Pending,
            generation: 0,
            created_at: self.created_at,
            updated_at: self.created_at,
            sent_at: self.created_at,
            expires_at: self.expires_at,
            closed_at: None,
            closed_by: None,
            version: 0,
        }
    }
}
