//! The audit log: who did what, written in the same transaction as the change itself.

use crate::{
    Timestamp,
    id::{AccountId, InvitationId, PersonId},
};

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    /// A known person.
    Person(PersonId),
    /// Somebody who proved the invitation's mailbox without a login.
    Invitee,
    /// Whoever may run the command line.
    Operator,
    /// Usher itself.
    System,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// An account was made.
    AccountCreated,
    /// A person was made.
    PersonCreated,
    /// A person's password was set.
    PasswordSet,
    /// A person's mailbox was proven for the first time.
    EmailVerified,
    /// A person became a member.
    MemberAdded,
    /// An access token was made.
    AccessTokenCreated,
    /// An access token was revoked.
    AccessTokenRevoked,
    /// An invitation was made and its mail queued.
    InvitationCreated,
    /// An invitation was renewed and its mail queued again.
    InvitationResent,
    /// An invitation was taken back.
    InvitationRevoked,
    /// An invitation was accepted.
    InvitationAccepted,
    /// An invitation was declined.
    InvitationDeclined,
    /// An invitation's time ended.
    InvitationExpired,
}

impl AuditAction {
    /// Every action.
    pub const EVERY: [Self; 13] = [
        Self::AccountCreated,
        Self::PersonCreated,
        Self::PasswordSet,
        Self::EmailVerified,
        Self::MemberAdded,
        Self::AccessTokenCreated,
        Self::AccessTokenRevoked,
        Self::InvitationCreated,
        Self::InvitationResent,
        Self::InvitationRevoked,
        Self::InvitationAccepted,
        Self::InvitationDeclined,
        Self::InvitationExpired,
    ];

    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account.created",
            Self::PersonCreated => "person.created",
            Self::PasswordSet => "person.password_set",
            Self::EmailVerified => "person.email_verified",
            Self::MemberAdded => "member.added",
            Self::AccessTokenCreated => "access_token.created",
            Self::AccessTokenRevoked => "access_token.revoked",
            Self::InvitationCreated => "invitation.created",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationDeclined => "invitation.declined",
            Self::InvitationExpired => "invitation.expired",
        }
    }

    /// Reads the stored spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|action| action.as_str() == text)
    }
}

/// One entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// What.
    pub action: AuditAction,
    /// In which account.
    pub account: Option<AccountId>,
    /// On which invitation.
    pub invitation: Option<InvitationId>,
    /// On which person.
    pub person: Option<PersonId>,
}
