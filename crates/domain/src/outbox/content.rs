use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    text::{DisplayText, Locale},
};

/// Everything that an invitation mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationMail {
    /// Makes the Message-ID.
    pub reference: PublicId,
    /// The one recipient.
    pub to: EmailAddress,
    /// What the invitee is called, when the inviter said it.
    pub to_name: Option<DisplayText>,
    /// The language that the invitee reads, when the inviter named one.
    pub locale: Option<Locale>,
    /// Title of the account.
    pub account_title: DisplayText,
    /// Who invites; `None` when that person is gone.
    pub inviter_name: Option<DisplayText>,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// The link with its key: a secret.
    pub link: String,
    /// The same for an API, as one word: a secret too.
    pub code: String,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// When the mail was promised, for its Date header: a copy sent again carries the same.
    pub created_at: Timestamp,
}

/// Says which mail it is and nothing that is in it: neither link, code nor address belongs in a log.
impl std::fmt::Debug for InvitationMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationMail").field("reference", &self.reference).finish_non_exhaustive()
    }
}
