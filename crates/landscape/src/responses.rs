//! The bodies of responses.

use serde::Serialize;
use usher_domain::{
    account::Account,
    invitation::{Invitation, OpenInvitation, SecureId},
    person::Person,
    text::DisplayText,
    usecase::{accept::Accepted, sign_in::SignedIn},
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

/// What everyone may know of an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SummaryResponse<'a> {
    /// The title of the account that the invitation is for.
    account_title: &'a str,
    /// The invitation's `secure_id`.
    secure_id: &'a str,
}

impl<'a> SummaryResponse<'a> {
    /// The summary of the invitation with this id.
    pub(crate) fn of(title: &'a DisplayText, secure_id: &'a SecureId) -> Self {
        Self { account_title: title.as_str(), secure_id: secure_id.as_str() }
    }
}

/// The account that the caller is a member of now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedResponse<'a> {
    /// The account's number.
    #[schema(minimum = 1)]
    account_id: i64,
    /// The account's title.
    account_title: &'a str,
}

impl<'a> AcceptedResponse<'a> {
    /// The account of an accepted invitation.
    pub(crate) fn of(accepted: &'a Accepted) -> Self {
        let account = &accepted.account;
        Self { account_id: account.id.get(), account_title: account.title.as_str() }
    }
}

/// A person who logged in.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginResponse<'a> {
    /// The person's accounts.
    accounts: Vec<LoginAccount<'a>>,
    /// Always null. Landscape's web client returns to the login page without it.
    #[schema(required)]
    attach_code: Option<&'a str>,
    /// The name of the account that the token is for; empty for a person without accounts.
    current_account: &'a str,
    /// The person's address.
    #[schema(format = "email")]
    email: &'a str,
    /// Always true.
    has_password: bool,
    /// Always `password`.
    identity_source: &'static str,
    /// As in the request.
    #[schema(required)]
    invitation_id: Option<&'a str>,
    /// The person's name.
    name: &'a str,
    /// Always null.
    #[schema(required)]
    return_to: Option<&'a str>,
    /// Always true.
    self_hosted: bool,
    /// The token, for the header `Authorization`.
    token: &'a str,
}

impl<'a> LoginResponse<'a> {
    /// What a person who logged in gets. `invitation_id` is the request's.
    pub(crate) fn of(
        person: &'a Person,
        signed_in: &'a SignedIn,
        token: &'a str,
        invitation_id: Option<&'a str>,
    ) -> Self {
        let current = signed_in.current.as_ref();
        let accounts = signed_in.accounts.iter();
        Self {
            accounts: accounts.map(|account| LoginAccount::of(account, current)).collect(),
            attach_code: None,
            current_account: current.map_or("", |account| account.name.as_str()),
            email: person.email.as_str(),
            has_password: true,
            identity_source: "password",
            invitation_id,
            name: person.name.as_str(),
            return_to: None,
            self_hosted: true,
            token,
        }
    }
}

/// An account of the person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginAccount<'a> {
    /// Always empty.
    classic_dashboard_url: &'a str,
    /// Whether the token is for this account.
    default: bool,
    /// The account's name.
    name: &'a str,
    /// Always null.
    #[schema(required)]
    subdomain: Option<&'a str>,
    /// The account's title.
    title: &'a str,
}

impl<'a> LoginAccount<'a> {
    fn of(account: &'a Account, current: Option<&Account>) -> Self {
        Self {
            classic_dashboard_url: "",
            default: current.is_some_and(|current| current.id == account.id),
            name: account.name.as_str(),
            subdomain: None,
            title: account.title.as_str(),
        }
    }
}

#[cfg(test)]
mod tests;
