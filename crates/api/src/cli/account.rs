//! `usher account …`

use serde_json::{Value, json};
use usher_domain::{account::Account, usecase::create_account::CreateAccount};

use usher_http_kit::moment::iso;

use super::{arguments::CreateAccountArguments, blocking_app::BlockingApp, failure::Failure, output::Output};
use crate::settings::Settings;

/// `usher account create`
pub(super) fn create(settings: &Settings, arguments: CreateAccountArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let app = BlockingApp::open(settings)?;
    let command = CreateAccount { name: arguments.name, title: arguments.title };
    let created = app.block_on(app.inner.operators().create_account(command));
    let account = created.map_err(|error| Failure::from_error(&error))?;
    output.result(&format!("account {} created: {}", account.name, account.title), &describe(&account))
}

/// `usher account list`
pub(super) fn list(settings: &Settings, output: Output) -> Result<(), Failure> {
    let app = BlockingApp::open(settings)?;
    let accounts =
        app.block_on(app.inner.operators().accounts()).map_err(|error| Failure::from_error(&error))?;
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
