//! The audit log: who did what, recorded in the transaction of the change.

use crate::{
    Timestamp,
    id::{AccountId, InvitationId, PersonId},
};

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    /// A known person.
    Person(PersonId),
    /// An invitee without a login, who proved the mailbox.
    Invitee,
    /// An operator at the command line.
    Operator,
    /// Usher itself.
    System,
}

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// An account was created.
    AccountCreated,
    /// A person was created.
    PersonCreated,
    /// A person's password was set.
    PasswordSet,
    /// A person's mailbox was proven.
    EmailVerified,
    /// Every token of a person was ended.
    PersonSignedOut,
    /// A person was erased.
    PersonErased,
    /// A person became a member.
    MemberAdded,
    /// The roles of a member were replaced.
    MemberRolesChanged,
    /// A membership was ended.
    MemberRemoved,
    /// An access token was created.
    AccessTokenCreated,
    /// An access token was revoked.
    AccessTokenRevoked,
    /// An invitation was created and its mail queued.
    InvitationCreated,
    /// An invitation was renewed and its mail queued again.
    InvitationResent,
    /// An invitation was revoked.
    InvitationRevoked,
    /// An invitation was accepted.
    InvitationAccepted,
    /// An invitation was declined.
    InvitationDeclined,
    /// A declined invitation was reopened by the invitee.
    InvitationReopened,
    /// An invitation expired.
    InvitationExpired,
    /// A mailbox was blocked. No account can invite it until it is unblocked.
    MailboxBlocked,
    /// The block of a mailbox was ended.
    MailboxUnblocked,
}

impl AuditAction {
    /// Every action.
    pub const EVERY: [Self; 20] = [
        Self::AccountCreated,
        Self::PersonCreated,
        Self::PasswordSet,
        Self::EmailVerified,
        Self::PersonSignedOut,
        Self::PersonErased,
        Self::MemberAdded,
        Self::MemberRolesChanged,
        Self::MemberRemoved,
        Self::AccessTokenCreated,
        Self::AccessTokenRevoked,
        Self::InvitationCreated,
        Self::InvitationResent,
        Self::InvitationRevoked,
        Self::InvitationAccepted,
        Self::InvitationDeclined,
        Self::InvitationReopened,
        Self::InvitationExpired,
        Self::MailboxBlocked,
        Self::MailboxUnblocked,
    ];

    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account.created",
            Self::PersonCreated => "person.created",
            Self::PasswordSet => "person.password_set",
            Self::EmailVerified => "person.email_verified",
            Self::PersonSignedOut => "person.signed_out",
            Self::PersonErased => "person.erased",
            Self::MemberAdded => "member.added",
            Self::MemberRolesChanged => "member.roles_changed",
            Self::MemberRemoved => "member.removed",
            Self::AccessTokenCreated => "access_token.created",
            Self::AccessTokenRevoked => "access_token.revoked",
            Self::InvitationCreated => "invitation.created",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationDeclined => "invitation.declined",
            Self::InvitationReopened => "invitation.reopened",
            Self::InvitationExpired => "invitation.expired",
            Self::MailboxBlocked => "mailbox.blocked",
            Self::MailboxUnblocked => "mailbox.unblocked",
        }
    }

    /// Reads the stored spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|action| action.as_str() == text)
    }
}

/// Whose entries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditSubject {
    /// Those of an account.
    Account(AccountId),
    /// Those of a person, in every account and in none.
    Person(PersonId),
}

/// An entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEvent {
    /// When it happened.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: AuditActor,
    /// What happened.
    pub action: AuditAction,
    /// The account that it happened in.
    pub account: Option<AccountId>,
    /// The invitation that it happened to.
    pub invitation: Option<InvitationId>,
    /// The person that it happened to.
    pub person: Option<PersonId>,
}
