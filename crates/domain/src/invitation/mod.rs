//! The invitation: an offer of a membership to an e-mail address, with a grant and a term.

mod life;
mod link;
mod proof;
mod reserved;
mod status;

pub use link::{LinkKey, SecureId, code, page_url, split_code};
pub use proof::{KeyProof, prove};
pub use reserved::{confirmation, is_confirmation, is_receipt, receipt};
pub use status::{NotPending, Status};

use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    role::Grant,
    text::{DisplayText, Locale},
};

/// A stored invitation. Its address and grant never change: another address or role is another invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Number of the row; Landscape's `id`.
    pub id: InvitationId,
    /// Fastly's `id`.
    pub public_id: PublicId,
    /// Names the invitation in its link. It is not enough to accept, see [`prove`].
    pub secure_id: SecureId,
    /// The account that it invites to.
    pub account_id: AccountId,
    /// The address of the invitee.
    pub email: EmailAddress,
    /// The name that the inviter gave the invitee. Fastly's dialect has no such field.
    pub name: Option<DisplayText>,
    /// The language that the invitee reads, if the inviter named one.
    pub locale: Option<Locale>,
    /// The grant of the membership that it offers.
    pub grant: Grant,
    /// The member who is responsible for the grant: the inviter, or the last member who resent it. `None` once that person is
    /// deleted.
    pub sponsor: Option<PersonId>,
    /// The recorded status. An invitation may have expired since, see [`Invitation::status_at`].
    pub status: Status,
    /// How often it was resent. A resend invalidates earlier link keys.
    pub generation: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When its last mail was queued: at creation or at the last resend.
    pub sent_at: Timestamp,
    /// The moment at which it expires.
    pub expires_at: Timestamp,
    /// When it became accepted, declined, revoked or expired.
    pub closed_at: Option<Timestamp>,
    /// The person who accepted, declined or revoked it, if known.
    pub closed_by: Option<PersonId>,
    /// Compared and incremented by every update.
    pub version: i64,
}

/// An open invitation in lists and look-ups. It has only the columns that callers see, because pages have many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// As [`Invitation::id`].
    pub id: InvitationId,
    /// As [`Invitation::public_id`].
    pub public_id: PublicId,
    /// As [`Invitation::secure_id`]. `None` if the actor must not see it.
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
    /// By number, in Landscape's dialect.
    Number(InvitationId),
    /// By public id, in Fastly's dialect.
    PublicId(PublicId),
    /// By a string that is neither, so there is no such invitation.
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

/// An invitation to insert. It is pending, in generation 0, and its mail is queued at creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Fastly's `id`.
    pub public_id: PublicId,
    /// Names the invitation in its link.
    pub secure_id: SecureId,
    /// The account that it invites to.
    pub account_id: AccountId,
    /// The address of the invitee. An account has at most one pending invitation for an address.
    pub email: EmailAddress,
    /// The name that the inviter gave the invitee.
    pub name: Option<DisplayText>,
    /// The language that the invitee reads.
    pub locale: Option<Locale>,
    /// The grant of the membership that it offers.
    pub grant: Grant,
    /// The inviter.
    pub sponsor: PersonId,
    /// When it is created.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl NewInvitation {
    /// The stored invitation, with the number that the store assigned.
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
