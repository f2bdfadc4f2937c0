//! Development mode: an example account with an administrator, and the words that show how to use it.

use std::{fmt, io};

use chrono::TimeDelta;
use usher_auth::TokenRequest;
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    person::Password,
    role::Grant,
    text::DisplayText,
    token::Token,
    usecase::{
        add_member::{AddMember, AddMemberError, add_member},
        create_account::{CreateAccount, CreateAccountError, create_account},
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

/// Makes the example account where it is missing, and gives its administrator a new password and a token for a day.
pub fn example(core: &Core) -> Result<Example, StartError> {
    let refuse = |error: &dyn fmt::Display| StartError::Example(error.to_string());
    let account = AccountName::parse(ACCOUNT).map_err(|error| refuse(&error))?;
    let email = EmailAddress::parse(ADMINISTRATOR).map_err(|error| refuse(&error))?;
    let password = Token::<16>::generate(core.env.entropy.as_ref()).to_string();
    let chosen = Password::parse(&password).map_err(|error| refuse(&error))?;
    let hash = core.passwords.hash(&chosen).map_err(|error| refuse(&error))?;
    let create = CreateAccount {
        name: account.clone(),
        title: DisplayText::parse(TITLE).map_err(|error| refuse(&error))?,
    };
    let add = AddMember {
        account: account.clone(),
        email: email.clone(),
        name: Some(DisplayText::parse(NAME).map_err(|error| refuse(&error))?),
        grant: Grant::of_roles(["GlobalAdmin"]).map_err(|error| refuse(&error))?,
        password: Some(hash.clone()),
    };
    match core.store.write("example.account", |tx| create_account(tx, &core.env, &create)) {
        Ok(_) | Err(CreateAccountError::Exists(_)) => {}
        Err(error) => return Err(refuse(&error)),
    }
    let person = match core.store.write("example.member", |tx| add_member(tx, &core.env, &add)) {
        Ok(person) => person,
        Err(AddMemberError::AlreadyMember(_)) => core
            .store
            .write("example.password", |tx| set_password(tx, &core.env, &email, &hash))
            .map_err(|error| refuse(&error))?,
        Err(error) => return Err(refuse(&error)),
    };
    let token = core.issuer.issue(
        &TokenRequest {
            email: &person.email,
            email_verified: person.email_verified,
            person_id: person.id,
            account: Some(&account),
            lifetime: TimeDelta::hours(24),
        },
        core.env.now(),
    );
    Ok(Example { password, token: token.reveal().to_owned() })
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

You are {NAME}, administrator of "{TITLE}". Log in for a new token:

  curl "{base_url}/api/v2/login" -d '{{"email": "{ADMINISTRATOR}", "password": "{password}"}}'

`usher --help` shows the other commands; `usher serve` is for production. Ctrl-C stops.

"#
    )?;
    out.flush()
}
