//! `usher token …`

use chrono::TimeDelta;
use serde_json::json;
use usher_auth::TokenRequest;
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    principal::{Credential, Principal},
    usecase::resolve::{ResolveError, resolve},
};

use super::{arguments::IssueTokenArguments, failure::Failure, output::Output, records};
use crate::{moment::iso, settings::Settings};

/// `usher token issue`
pub(super) fn issue(settings: &Settings, arguments: &IssueTokenArguments) -> Result<(), Failure> {
    let IssueTokenArguments { account, email, .. } = arguments;
    let core = records::open(settings)?;
    let principal = Credential::Principal(Principal {
        email: email.clone(),
        email_verified: false,
        person_id: None,
        account: Some(account.clone()),
        name: None,
    });
    let person = core
        .store
        .read("cli.issue_token", |tx| resolve(tx, &principal, core.env.now()))
        .map_err(|error| explain(&error, email, account))?
        .person;
    let lifetime = arguments.expires.unwrap_or(settings.auth.token_lifetime);
    let request = TokenRequest {
        email: &person.email,
        email_verified: person.email_verified,
        person_id: person.id,
        account: Some(account),
        lifetime: TimeDelta::from_std(lifetime).map_err(|error| Failure::of(&error))?,
    };
    let token = core.issuer.issue(&request, core.env.now());
    let expires_at = iso(token.expires_at);
    Output::of(&arguments.result)
        .result(token.reveal(), &json!({ "token": token.reveal(), "expires_at": expires_at }))
}

/// Explains the failure and its remedy.
fn explain(error: &ResolveError, email: &EmailAddress, account: &AccountName) -> Failure {
    let text = match error {
        ResolveError::Store(error) => return Failure::of(error),
        ResolveError::UnknownPerson => format!("no person has the address {email}"),
        ResolveError::InvalidToken
        | ResolveError::NoMembership
        | ResolveError::NotAMember(_)
        | ResolveError::ChooseAccount => {
            format!("{email} is not a member of an account named {account}")
        }
    };
    Failure::Failed(format!("{text}: `usher member add` adds a member"))
}
