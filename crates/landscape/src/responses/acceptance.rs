use serde::Serialize;
use usher_domain::{invitation::SecureId, text::DisplayText, usecase::accept::Accepted};
use utoipa::ToSchema;

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
