//! `usher account …`

use serde_json::{Value, json};
use usher_domain::{
    account::Account,
    port::StoreError,
    usecase::create_account::{CreateAccount, CreateAccountError, create_account},
};

use super::{arguments::CreateAccountArguments, failure::Failure, output::Output, records};
use crate::{moment::iso, settings::Settings};

/// `usher account create`
pub(super) fn create(settings: &Settings, arguments: CreateAccountArguments) -> Result<(), Failure> {
    let output = Output::of(&arguments.result);
    let core = records::open(settings)?;
    let command = CreateAccount { name: arguments.name, title: arguments.title };
    let account = core
        .store
        .write::<_, CreateAccountError>("cli_create_account", |tx| create_account(tx, &core.env, &command))
        .map_err(|error| Failure::of(&error))?;
    output.result(&format!("account {} created: {}", account.name, account.title), &describe(&account))
}

/// `usher account list`
pub(super) fn list(settings: &Settings, output: Output) -> Result<(), Failure> {
    let core = records::open(settings)?;
    let accounts = core
        .store
        .read::<_, StoreError>("cli_list_accounts", |tx| tx.accounts())
        .map_err(|error| Failure::of(&error))?;
    let width = accounts.iter().map(|account| account.name.as_str().len()).max().unwrap_or_default();
    let line = |account: &Account| format!("{:width$}  {}", account.name.as_str(), account.title);
    let text: Vec<String> = accounts.iter().map(line).collect();
    let json: Vec<Value> = accounts.iter().map(describe).collect();
    output.lines(&text, &json.into())
}

fn describe(account: &Account) -> Value {
    json!({
        "id": account.id.get(),
        "name": account.name.as_str(),
        "title": account.title.as_str(),
        "public_id": account.public_id.as_str(),
        "created_at": iso(account.created_at),
    })
}
