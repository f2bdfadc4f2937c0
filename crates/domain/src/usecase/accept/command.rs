use crate::{
    account::Account,
    invitation::SecureId,
    person::{PasswordHash, Person},
    port::StoreError,
    principal::Principal,
    text::DisplayText,
    usecase::unit_error,
};

/// The person who accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptor {
    /// A signed-in caller. A principal of a trusted issuer that Usher does not know yet becomes a person.
    Principal(Principal),
    /// An invitee without a login, who chooses a name and a password. The address is the invited one.
    Newcomer {
        /// The name that others see.
        name: DisplayText,
        /// The hash of the chosen password.
        password: PasswordHash,
    },
}

/// Accepts an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link. Without it only a verified e-mail claim proves the mailbox.
    pub key: Option<String>,
    /// The person who accepts.
    pub by: Acceptor,
}

/// The new membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The account.
    pub account: Account,
    /// The new member.
    pub person: Person,
}

/// Why an acceptance is rejected. Only callers who proved the mailbox get more than `NotFound` and `NotProven`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// The invitation is unknown, or it has ended and the caller proved nothing.
    #[error("there is no such invitation")]
    NotFound,
    /// The invitation is open, and the caller has neither the key of its mail nor a verified claim of its address.
    #[error(
        "this invitation was sent to {0}: open the link in that mail, or sign in with that address and accept again"
    )]
    NotProven(String),
    /// The key is that of an older mail.
    #[error("a newer invitation mail was sent; use the link in the newest one")]
    Replaced,
    /// The invitation has expired.
    #[error("this invitation has expired; ask the person who invited you to resend it")]
    Expired,
    /// The invitation was accepted already, by this or another request.
    #[error("this invitation was accepted already")]
    AlreadyAccepted,
    /// The invitation was declined.
    #[error("this invitation was declined")]
    Declined,
    /// The invitation was revoked.
    #[error("this invitation was withdrawn")]
    Revoked,
    /// The sponsor left the account, or may no longer grant what the invitation grants.
    #[error(
        "the person who invited you may no longer do so; ask another administrator to resend the invitation"
    )]
    SponsorLostAuthority,
    /// The principal is a member of the account.
    #[error("you are already a member of this account")]
    AlreadyMember,
    /// The newcomer's address has a login with a password: the invitee has to sign in.
    #[error("there is a login for this address already; sign in with its password")]
    PasswordExists,
    /// The newcomer's address belongs to a member of an account who signs in without a password here.
    #[error("there is a login for this address already, but no password here; accept with that login")]
    SignsInElsewhere,
    /// The credential names a person other than the one with its address.
    #[error("this login is not known here")]
    UnknownPerson,
    /// The issuer of the credential gives rights in other accounts only.
    #[error("the token's issuer is not configured for the account of this invitation")]
    IssuerElsewhere,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(AcceptError {
    Self::NotFound => "not_found",
    Self::NotProven(_) => "mailbox_not_proven",
    Self::Replaced => "link_replaced",
    Self::Expired => "expired",
    Self::AlreadyAccepted => "already_accepted",
    Self::Declined => "declined",
    Self::Revoked => "revoked",
    Self::SponsorLostAuthority => "sponsor_lost_authority",
    Self::AlreadyMember => "already_member",
    Self::PasswordExists => "password_exists",
    Self::SignsInElsewhere => "signs_in_elsewhere",
    Self::UnknownPerson => "unknown_person",
    Self::IssuerElsewhere => "issuer_elsewhere",
});
