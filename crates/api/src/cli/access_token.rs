//! `usher access-token …`

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_app::ListedAccessToken;
use usher_auth::access_token_digest;
use usher_domain::{
    Timestamp,
    access_token::{AccessToken, AccessTokenText},
    usecase::{
        create_access_token::{CreateAccessToken, CreateAccessTokenError},
        revoke_access_token::RevokeAccessTokenError,
    },
};

use usher_http_kit::moment::iso;

use super::{
    arguments::{CreateAccessTokenArguments, ListAccessTokensArguments, RevokeAccessTokenArguments},
    blocking_app::BlockingApp,
    failure::Failure,
    output::Output,
    stderr::print_note,
};
use crate::settings::Settings;

/// `usher access-token create`
pub(super) fn create(settings: &Settings, arguments: CreateAccessTokenArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let app = BlockingApp::open(settings)?;
    let secret = AccessTokenText::generate(app.inner.env().entropy.as_ref()).to_string();
    let digest = access_token_digest(&secret)
        .ok_or_else(|| Failure::Failed("the new token is malformed".to_owned()))?;
    let term = arguments
        .expires
        .map(TimeDelta::from_std)
        .transpose()
        .map_err(|error| Failure::from_error(&error))?;
    let CreateAccessTokenArguments { account, email, name, scope, .. } = arguments;
    let expires_at = term.map(|term| app.inner.now() + term);
    let command = CreateAccessToken { account, email, name, scope, expires_at, digest };
    let created = app.block_on(app.inner.operators().create_access_token(command.clone()));
    let token = created.map_err(|error| explain(&error))?;
    print_note(&format!(
        "keep it: only its digest is stored; `usher access-token revoke --account {} --id {}` revokes it",
        command.account, token.public_id
    ));
    let mut json = describe(&token, command.email.as_str());
    json["token"] = secret.as_str().into();
    output.result(&secret, &json)
}

/// `usher access-token list`
pub(super) fn list(settings: &Settings, arguments: &ListAccessTokensArguments) -> Result<(), Failure> {
    let app = BlockingApp::open(settings)?;
    let listed = app.block_on(app.inner.operators().access_tokens(arguments.account.clone()));
    let listed = listed.map_err(|error| explain(&error))?;
    let now = app.inner.now();
    let text: Vec<String> =
        listed.iter().map(|ListedAccessToken { token, owner }| line(token, owner, now)).collect();
    let json: Vec<Value> =
        listed.iter().map(|ListedAccessToken { token, owner }| describe(token, owner)).collect();
    Output::from_arguments(&arguments.result).lines(&text, &json.into())
}

/// `usher access-token revoke`
pub(super) fn revoke(settings: &Settings, arguments: &RevokeAccessTokenArguments) -> Result<(), Failure> {
    let app = BlockingApp::open(settings)?;
    let RevokeAccessTokenArguments { account, id, result } = arguments;
    let revoked = app.block_on(app.inner.operators().revoke_access_token(account.clone(), id.clone()));
    revoked.map_err(|error| match error {
        RevokeAccessTokenError::NotFound(_) => Failure::Failed(format!(
            "{error}: `usher access-token list --account {account}` lists all tokens"
        )),
        RevokeAccessTokenError::UnknownAccount(_) | RevokeAccessTokenError::Store(_) => {
            Failure::from_error(&error)
        }
    })?;
    Output::from_arguments(result)
        .result(&format!("access token {id} is revoked"), &json!({ "id": id.as_str() }))
}

fn explain(error: &CreateAccessTokenError) -> Failure {
    match error {
        CreateAccessTokenError::UnknownAccount(name) => Failure::Failed(format!(
            "there is no account named {name}: `usher account list` lists all accounts, `usher account create` creates one"
        )),
        CreateAccessTokenError::NotAMember(_) => {
            Failure::Failed(format!("{error}: `usher member add` adds a member"))
        }
        CreateAccessTokenError::Store(_) => Failure::from_error(error),
    }
}

fn line(token: &AccessToken, owner: &str, now: Timestamp) -> String {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", iso(at)),
        (None, Some(end)) if end <= now => format!("expired {}", iso(end)),
        (None, Some(end)) => format!("until {}", iso(end)),
        (None, None) => "no expiry".to_owned(),
    };
    format!("{}  {:11}  {owner}  {}  {state}", token.public_id, token.scope.as_str(), token.name)
}

fn describe(token: &AccessToken, owner: &str) -> Value {
    json!({
        "id": token.public_id.as_str(),
        "email": owner,
        "name": token.name.as_str(),
        "scope": token.scope.as_str(),
        "created_at": iso(token.created_at),
        "expires_at": token.expires_at.map(iso),
        "revoked_at": token.revoked_at.map(iso),
    })
}
