//! `usher token …`

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use usher_domain::{account::AccountName, address::EmailAddress, usecase::resolve::ResolveError};
use usher_http_kit::moment::iso;

use super::{arguments::IssueTokenArguments, blocking_app::BlockingApp, failure::Failure, output::Output};
use crate::settings::Settings;

/// `usher token issue`
pub(super) fn issue(settings: &Settings, arguments: &IssueTokenArguments) -> Result<(), Failure> {
    let IssueTokenArguments { account, email, .. } = arguments;
    if arguments.expires.is_some_and(|lifetime| lifetime > settings.auth.max_lifetime) {
        let longest = lifetime_text(settings.auth.max_lifetime);
        return Err(Failure::Failed(format!(
            "--expires is longer than auth.max_lifetime, so the token would be refused: at most {longest}"
        )));
    }
    let app = BlockingApp::open(settings)?;
    let member = app.block_on(app.inner.operators().member(account.clone(), email.clone()));
    let person = member.map_err(|error| explain(&error, email, account))?.person;
    let lifetime = arguments
        .expires
        .map(TimeDelta::from_std)
        .transpose()
        .map_err(|error| Failure::from_error(&error))?;
    let token = app.inner.sessions().operator_token(&person, account, lifetime);
    let expires_at = iso(token.expires_at);
    Output::from_arguments(&arguments.result)
        .result(token.reveal(), &json!({ "token": token.reveal(), "expires_at": expires_at }))
}

/// A lifetime for people. Whole days stay days: the months of the settings' format have fractions of them.
pub(super) fn lifetime_text(lifetime: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match (lifetime.as_secs() / DAY, lifetime.as_secs() % DAY) {
        (days @ 2.., 0) => format!("{days} days"),
        _ => humantime::format_duration(lifetime).to_string(),
    }
}

/// Explains the failure and its remedy.
fn explain(error: &ResolveError, email: &EmailAddress, account: &AccountName) -> Failure {
    let text = match error {
        ResolveError::Store(error) => return Failure::from_error(error),
        ResolveError::UnknownPerson => format!("no person has the address {email}"),
        ResolveError::InvalidToken
        | ResolveError::SignedOut
        | ResolveError::NoMembership
        | ResolveError::NotAMember(_)
        | ResolveError::ChooseAccount
        | ResolveError::IssuerElsewhere => {
            format!("{email} is not a member of an account named {account}")
        }
    };
    Failure::Failed(format!("{text}: `usher member add` adds a member"))
}
