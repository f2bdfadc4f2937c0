//! Development mode: an example account with an administrator, and the words that show how to use it.

use std::{fmt, fs, io, path::Path};

use chrono::TimeDelta;
use usher_auth::TokenRequest;
use usher_domain::{
    account::{Account, AccountName},
    address::EmailAddress,
    person::{Password, PasswordHash, Person},
    port::StoreError,
    role::Grant,
    text::DisplayText,
    token::Token,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        set_password::set_password,
    },
};

use crate::compose::{Core, StartError};

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

/// Makes the example account in an empty database, or finds the one that was made there before, and gives its
/// administrator a new password and a token for a day.
///
/// A database with accounts of somebody else is left alone: whoever has the settings of production in the environment and
/// forgets the word `serve` must not get an administrator there. The folder remembers which account is the example.
pub fn example(core: &Core, folder: &Path) -> Result<Example, StartError> {
    let refuse = |error: &dyn fmt::Display| StartError::Example(error.to_string());
    let memory = folder.join("example");
    let remembered = fs::read_to_string(&memory).unwrap_or_default();
    let accounts = core.store.read::<_, StoreError>("example.accounts", |tx| tx.accounts());
    let accounts = accounts.map_err(|error| refuse(&error))?;
    let known = accounts.iter().find(|account| account.public_id.as_str() == remembered.trim());
    let password = Token::<16>::generate(core.env.entropy.as_ref()).to_string();
    let chosen = Password::parse(&password).map_err(|error| refuse(&error))?;
    let hash = core.passwords.hash(&chosen).map_err(|error| refuse(&error))?;
    let (account, person) = match known {
        Some(account) => (account.clone(), renew(core, &hash).map_err(|error| refuse(&error))?),
        None if accounts.is_empty() => {
            let made = make(core, &hash).map_err(|error| refuse(&error))?;
            fs::write(&memory, made.0.public_id.as_str())?;
            made
        }
        None => return Err(StartError::NotForDevelopment),
    };
    let token = core.issuer.issue(
        &TokenRequest {
            email: &person.email,
            email_verified: person.email_verified,
            person_id: person.id,
            account: Some(&account.name),
            lifetime: TimeDelta::hours(24),
        },
        core.env.now(),
    );
    Ok(Example { password, token: token.reveal().to_owned() })
}

type Refused = Box<dyn std::error::Error>;

fn make(core: &Core, password: &PasswordHash) -> Result<(Account, Person), Refused> {
    let create = CreateAccount { name: AccountName::parse(ACCOUNT)?, title: DisplayText::parse(TITLE)? };
    let add = AddMember {
        account: create.name.clone(),
        email: EmailAddress::parse(ADMINISTRATOR)?,
        name: Some(DisplayText::parse(NAME)?),
        grant: Grant::of_roles(["GlobalAdmin"])?,
        password: Some(password.clone()),
    };
    let account = core.store.write("example.account", |tx| create_account(tx, &core.env, &create))?;
    let person = core.store.write("example.member", |tx| add_member(tx, &core.env, &add))?;
    Ok((account, person))
}

fn renew(core: &Core, password: &PasswordHash) -> Result<Person, Refused> {
    let email = EmailAddress::parse(ADMINISTRATOR)?;
    Ok(core.store.write("example.password", |tx| set_password(tx, &core.env, &email, password))?)
}

/// Says what runs where. The first command is complete: pasted into a shell it creates an invitation.
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
