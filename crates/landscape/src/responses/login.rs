use serde::Serialize;
use usher_domain::{account::Account, person::Person, usecase::sign_in::SignedIn};
use utoipa::ToSchema;

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
    /// The response to a login. `invitation_id` comes from the request.
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
