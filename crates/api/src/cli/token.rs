//! `usher token …`

use chrono::TimeDelta;
use serde_json::json;
use usher_auth::TokenRequest;
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    person::Person,
    port::{StoreError, Tx, store::UnitError},
};

use super::{arguments::IssueTokenArguments, failure::Failure, output::Output, records};
use crate::settings::Settings;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
enum IssueError {
    #[error("nobody has the address {0}: `usher member add` makes a member")]
    UnknownPerson(String),
    #[error("{0} is not a member of an account named {1}: `usher member add` makes a member")]
    NotAMember(String, AccountName),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UnitError for IssueError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::UnknownPerson(_) | Self::NotAMember(..) => None,
        }
    }
}

/// `usher token issue`
pub(super) fn issue(settings: &Settings, arguments: &IssueTokenArguments) -> Result<(), Failure> {
    let IssueTokenArguments { account, email, .. } = arguments;
    let core = records::open(settings)?;
    let person = core
        .store
        .read::<_, IssueError>("cli_issue_token", |tx| find(tx, account, email))
        .map_err(|error| Failure::of(&error))?;
    let lifetime = arguments.expires.unwrap_or(settings.auth.token_lifetime);
    let request = TokenRequest {
        email: &person.email,
        email_verified: person.email_verified,
        person_id: person.id,
        account: Some(account),
        lifetime: TimeDelta::from_std(lifetime).map_err(|error| Failure::of(&error))?,
    };
    let token = core.issuer.issue(&request, core.env.now());
    let expires_at = token.expires_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    Output::of(&arguments.result)
        .result(token.reveal(), &json!({ "token": token.reveal(), "expires_at": expires_at }))
}

/// The person, who has to be in the account.
fn find(tx: &mut dyn Tx, account: &AccountName, email: &EmailAddress) -> Result<Person, IssueError> {
    let person = tx.person_by_email(email)?.ok_or_else(|| IssueError::UnknownPerson(email.to_string()))?;
    let is_member = tx.memberships_of(person.id)?.iter().any(|(of, _)| of.name == *account);
    let refused = || IssueError::NotAMember(email.to_string(), account.clone());
    is_member.then_some(person).ok_or_else(refused)
}
