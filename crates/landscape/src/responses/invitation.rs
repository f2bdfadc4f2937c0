use serde::Serialize;
use usher_domain::{
    account::Account,
    invitation::{Invitation, OpenInvitation},
};
use usher_http_kit::moment::iso;
use utoipa::ToSchema;

/// An open invitation.
// The members and their order are those of Landscape's reference.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationResponse<'a> {
    /// Names the invitation in its account.
    #[schema(minimum = 1)]
    id: i64,
    /// Names the invitation in its link. Empty for callers who could not have created it.
    secure_id: &'a str,
    /// The account's title.
    account: &'a str,
    /// What the inviter calls the invitee.
    name: &'a str,
    /// The address that the mail went to.
    #[schema(format = "email")]
    email: &'a str,
    /// When the newest mail was queued. Landscape's clients show this plus 14 days as the end.
    #[schema(format = "date-time")]
    creation_time: String,
}

impl<'a> InvitationResponse<'a> {
    /// The invitation as its account shows it.
    pub(crate) fn of(invitation: &'a OpenInvitation, account: &'a Account) -> Self {
        Self {
            id: invitation.id.get(),
            secure_id: invitation.secure_id.as_ref().map_or("", |id| id.as_str()),
            account: account.title.as_str(),
            name: invitation.name.as_ref().map_or("", |name| name.as_str()),
            email: invitation.email.as_str(),
            creation_time: iso(invitation.sent_at),
        }
    }
}

/// Open invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListResponse<'a> {
    /// How many invitations are open in all.
    pub(crate) count: u64,
    /// The invitations of this page, by ascending `id`.
    pub(crate) results: Vec<InvitationResponse<'a>>,
    /// The next page.
    #[schema(format = "uri", required)]
    pub(crate) next: Option<String>,
    /// The previous page.
    #[schema(format = "uri", required)]
    pub(crate) previous: Option<String>,
}

/// An invitation that was created or resent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedResponse<'a> {
    /// Names the invitation in its account.
    #[schema(minimum = 1)]
    id: i64,
    /// Names the invitation in its link.
    secure_id: &'a str,
}

impl<'a> CreatedResponse<'a> {
    /// The invitation's names.
    pub(crate) fn of(invitation: &'a Invitation) -> Self {
        Self { id: invitation.id.get(), secure_id: invitation.secure_id.as_str() }
    }
}
