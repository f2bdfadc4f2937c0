//! Development mode: an example account with an administrator, and the text that shows how to use it.

use std::{fmt, fs, io, path::Path};

use chrono::TimeDelta;
use usher_app::App;
use usher_domain::{
    account::{Account, AccountName},
    address::EmailAddress,
    person::{Password, PasswordHash, Person},
    role::Grant,
    text::DisplayText,
    token::Token,
    usecase::{add_member::AddMember, create_account::CreateAccount, set_password::TokensOfPerson},
};

use crate::compose::StartError;

const ACCOUNT: &str = "onward";
const TITLE: &str = "Onward, Inc.";
const ADMINISTRATOR: &str = "jane@example.com";
const NAME: &str = "Jane Smith";

/// The credentials of the example administrator.
pub struct ExampleAdministrator {
    password: String,
    token: String,
}

impl fmt::Debug for ExampleAdministrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExampleAdministrator(…)")
    }
}

/// Creates the example account in an empty database, or finds the account of an earlier run. Sets a new password for its
/// administrator and issues a token for a day.
///
/// A database with other accounts is an error. Otherwise an operator with production's settings in the environment, who forgets
/// the word `serve`, would create an administrator with a known name there. A file in `folder` records the account's public id.
pub async fn prepare_example(app: &App, folder: &Path) -> Result<ExampleAdministrator, StartError> {
    let record = folder.join("example");
    let recorded = fs::read_to_string(&record).unwrap_or_default();
    let accounts = app.operators().accounts().await.map_err(failed)?;
    let existing = accounts.iter().find(|account| account.public_id.as_str() == recorded.trim());
    let password = Token::<32>::generate(app.env().entropy.as_ref()).to_string();
    let chosen = Password::parse(&password).map_err(failed)?;
    let hash = app.passwords().hash(chosen).await.map_err(failed)?;
    let (account, person) = match existing {
        Some(account) => (account.clone(), renew_password(app, hash).await?),
        None if accounts.is_empty() => {
            let (account, person) = create(app, hash).await?;
            fs::write(&record, account.public_id.as_str())?;
            (account, person)
        }
        None => return Err(StartError::NotForDevelopment),
    };
    let token = app.sessions().operator_token(&person, &account.name, Some(TimeDelta::hours(24)));
    Ok(ExampleAdministrator { password, token: token.reveal().to_owned() })
}

async fn create(app: &App, password: PasswordHash) -> Result<(Account, Person), StartError> {
    let name = AccountName::parse(ACCOUNT).map_err(failed)?;
    let account = CreateAccount { name: name.clone(), title: DisplayText::parse(TITLE).map_err(failed)? };
    let member = AddMember {
        account: name,
        email: EmailAddress::parse(ADMINISTRATOR).map_err(failed)?,
        name: Some(DisplayText::parse(NAME).map_err(failed)?),
        grant: Grant::of_roles(["GlobalAdmin"]).map_err(failed)?,
        password: Some(password),
    };
    let account = app.operators().create_account(account).await.map_err(failed)?;
    let person = app.operators().add_member(member).await.map_err(failed)?;
    Ok((account, person))
}

async fn renew_password(app: &App, password: PasswordHash) -> Result<Person, StartError> {
    let email = EmailAddress::parse(ADMINISTRATOR).map_err(failed)?;
    app.operators().set_password(email, password, TokensOfPerson::Keep).await.map_err(failed)
}

fn failed(error: impl fmt::Display) -> StartError {
    StartError::Example(error.to_string())
}

/// Prints the address of the server and commands to try. The first command creates an invitation when it is pasted into a shell.
pub fn print_instructions(
    out: &mut (dyn io::Write + Send),
    base_url: &str,
    mailbox: bool,
    example: &ExampleAdministrator,
) -> io::Result<()> {
    let ExampleAdministrator { password, token } = example;
    let mail = if mailbox {
        format!("Then open the mail that it sent, follow the link and accept:\n\n  {base_url}/dev/mailbox")
    } else {
        "Then open the mail that it sent, follow the link and accept. (Mails are sent through mail.url.)"
            .to_owned()
    };
    write!(
        out,
        r#"
Usher is running in development mode at {base_url}

Create an invitation: paste this into another terminal

  curl -X POST "{base_url}/api/v2/invitations" -H "Authorization: Bearer {token}" -d '{{"name": "Bobby", "email": "bobby@example.com", "roles": ["Auditor", "SupportAnalyst"]}}'

{mail}

List the invitations:

  curl "{base_url}/api/v2/invitations" -H "Authorization: Bearer {token}"

List them in Fastly's dialect:

  curl "{base_url}/invitations" -H "Fastly-Key: {token}"

You are {NAME}, administrator of "{TITLE}". Log in for a new token:

  curl "{base_url}/api/v2/login" -d '{{"email": "{ADMINISTRATOR}", "password": "{password}"}}'

`usher --help` shows the other commands; `usher serve` is for production. Ctrl-C stops.

"#
    )?;
    out.flush()
}
