use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    person::Inviter,
    text::{DisplayText, Locale},
};

/// The content of an invitation mail.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationMail {
    /// Determines the Message-ID.
    pub reference: PublicId,
    /// The one recipient.
    pub to: EmailAddress,
    /// The invitee's name, if the inviter gave one.
    pub to_name: Option<DisplayText>,
    /// The language that the invitee reads, if the inviter named one.
    pub locale: Option<Locale>,
    /// Title of the account.
    pub account_title: DisplayText,
    /// The sponsor; `None` when the sponsor was deleted.
    pub inviter: Option<Inviter>,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// The link with its key: a secret.
    pub link: String,
    /// The same as one string, for an API: also a secret.
    pub code: String,
    /// When the link expires.
    pub expires_at: Timestamp,
    /// When the mail was queued, for its Date header: a copy sent again has the same date.
    pub created_at: Timestamp,
}

/// Shows the reference only: link, code and address must not reach a log.
impl std::fmt::Debug for InvitationMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationMail").field("reference", &self.reference).finish_non_exhaustive()
    }
}
