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
    usecase::{add_member::AddMember, create_account::CreateAccount},
};

use crate::compose::StartError;

const ACCOUNT: &str = "onward";
const TITLE: &str = "Onward, Inc.";
const ADMINISTRATOR: &str = "jane@example.com";
const NAME: &str = "Jane Smith";

/// The example administrator, ready to sign in.
pub struct Example {
    password: String,
    token: String,
}

impl fmt::Debug for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Example(…)")
    }
}

/// Creates the example account in an empty database, or finds the one that was created there before, and gives its
/// administrator a new password and a token for a day.
///
/// A database with other accounts is left alone: an operator who has production's settings in the environment and forgets the
/// word `serve` must not get an administrator there. The folder remembers which account is the example.
pub async fn example(app: &App, folder: &Path) -> Result<Example, StartError> {
    let memory = folder.join("example");
    let remembered = fs::read_to_string(&memory).unwrap_or_default();
    let accounts = app.operators().accounts().await.map_err(failed)?;
    let known = accounts.iter().find(|account| account.public_id.as_str() == remembered.trim());
    let password = Token::<16>::generate(app.env().entropy.as_ref()).to_string();
    let chosen = Password::parse(&password).map_err(failed)?;
    let hash = app.passwords().hash(chosen).await.map_err(failed)?;
    let (account, person) = match known {
        Some(account) => (account.clone(), renew(app, hash).await?),
        None if accounts.is_empty() => {
            let (account, person) = create(app, hash).await?;
            fs::write(&memory, account.public_id.as_str())?;
            (account, person)
        }
        None => return Err(StartError::NotForDevelopment),
    };
    let token = app.sessions().operator_token(&person, &account.name, Some(TimeDelta::hours(24)));
    Ok(Example { password, token: token.reveal().to_owned() })
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

async fn renew(app: &App, password: PasswordHash) -> Result<Person, StartError> {
    let email = EmailAddress::parse(ADMINISTRATOR).map_err(failed)?;
    app.operators().set_password(email, password).await.map_err(failed)
}

fn failed(error: impl fmt::Display) -> StartError {
    StartError::Example(error.to_string())
}

/// Prints what runs where. The first command is complete: pasted into a shell, it creates an invitation.
pub fn announce(
    out: &mut (dyn io::Write + Send),
    base_url: &str,
    mailbox: bool,
    example: &Example,
) -> io::Result<()> {
    let Example { password, token } = example;
    let mail = if mailbox {
        format!("Then read the mail that it sent, follow the link and accept:\n\n  {base_url}/dev/mailbox")
    } else {
        "Then read the mail that it sent, follow the link and accept. (Mails leave through mail.url.)"
            .to_owned()
    };
    write!(
        out,
        r#"
Usher is running in development mode at {base_url}

Invite somebody: paste this into another terminal

  curl -X POST "{base_url}/api/v2/invitations" -H "Authorization: Bearer {token}" -d '{{"name": "Bobby", "email": "bobby@example.com", "roles": ["Auditor", "SupportAnalyst"]}}'

{mail}

See who is invited:

  curl "{base_url}/api/v2/invitations" -H "Authorization: Bearer {token}"

The same as Fastly's clients ask for it:

  curl "{base_url}/invitations" -H "Fastly-Key: {token}"

You are {NAME}, administrator of "{TITLE}". Log in for a new token:

  curl "{base_url}/api/v2/login" -d '{{"email": "{ADMINISTRATOR}", "password": "{password}"}}'

`usher --help` shows the other commands; `usher serve` is for production. Ctrl-C stops.

"#
    )?;
    out.flush()
}
