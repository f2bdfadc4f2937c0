//! `usher person …`

use serde_json::{Value, json};
use usher_app::PersonalWords;
use usher_domain::{
    account::AccountName,
    person::Person,
    usecase::{
        create_person::CreatePerson,
        erase_person::{ErasePersonError, Erased},
        set_password::{SetPasswordError, TokensOfPerson},
    },
};

use super::{
    arguments::{CreatePersonArguments, ErasePersonArguments, SetPasswordArguments, SignOutArguments},
    blocking_app::BlockingApp,
    failure::Failure,
    output::Output,
    password,
    stderr::print_note,
};
use crate::settings::Settings;

/// `usher person create`
pub(super) fn create(settings: &Settings, arguments: CreatePersonArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let password = password::from_stdin(arguments.password_stdin)?;
    let app = BlockingApp::open(settings)?;
    let personal = PersonalWords::of([arguments.email.as_str(), arguments.name.as_str()]);
    let password = password::hashed(password, personal, &app)?;
    let command = CreatePerson { email: arguments.email, name: arguments.name, password };
    let created = app.block_on(app.inner.operators().create_person(command));
    let person = created.map_err(|error| Failure::from_error(&error))?;
    output.result(
        &format!("{} <{}> created, without an account", person.name, person.email),
        &describe(&person),
    )
}

/// `usher person set-password`
pub(super) fn set_password(settings: &Settings, arguments: SetPasswordArguments) -> Result<(), Failure> {
    let SetPasswordArguments { email, password_stdin, result } = arguments;
    let chosen = password::from_stdin(password_stdin)?;
    let app = BlockingApp::open(settings)?;
    let found = app.block_on(app.inner.operators().person(email.clone()));
    let (person, accounts) =
        found.map_err(|error| Failure::from_error(&error))?.ok_or_else(|| unknown(email.as_str()))?;
    let titles = accounts.iter().map(|account| account.title.as_str());
    let personal = PersonalWords::of([person.email.as_str(), person.name.as_str()].into_iter().chain(titles));
    let hash = password::hashed(chosen, personal, &app)?
        .ok_or_else(|| Failure::Failed("the password is missing".to_owned()))?;
    let set = app.block_on(app.inner.operators().set_password(email, hash, TokensOfPerson::End));
    let person = set.map_err(|error| explain(&error))?;
    let text = format!("{} has a new password, and all tokens have ended", person.email);
    Output::from_arguments(&result).result(&text, &describe(&person))
}

/// `usher person sign-out`
pub(super) fn sign_out(settings: &Settings, arguments: SignOutArguments) -> Result<(), Failure> {
    let SignOutArguments { email, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let signed_out = app.block_on(app.inner.operators().sign_out(email));
    let person = signed_out.map_err(|error| explain(&error))?;
    if person.password.is_some() {
        print_note("the password is still valid: `usher person set-password` replaces it");
    }
    let text = format!("all tokens of {} have ended", person.email);
    Output::from_arguments(&result).result(&text, &describe(&person))
}

/// `usher person erase`
pub(super) fn erase(settings: &Settings, arguments: ErasePersonArguments) -> Result<(), Failure> {
    let ErasePersonArguments { email, force, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let erased = app.block_on(app.inner.operators().erase_person(email.clone(), force));
    let Erased { accounts, invitations } = erased.map_err(|error| explain_erase(&error))?;
    let text = format!("{email} is erased: {} memberships, {invitations} invitations", accounts.len());
    let accounts: Vec<&str> = accounts.iter().map(AccountName::as_str).collect();
    let json = json!({ "email": email.as_str(), "accounts": accounts, "invitations": invitations });
    Output::from_arguments(&result).result(&text, &json)
}

fn unknown(email: &str) -> Failure {
    Failure::Failed(format!("there is no person with the address {email}"))
}

fn explain(error: &SetPasswordError) -> Failure {
    match error {
        SetPasswordError::UnknownPerson(email) => unknown(email),
        SetPasswordError::Store(_) => Failure::from_error(error),
    }
}

fn explain_erase(error: &ErasePersonError) -> Failure {
    match error {
        ErasePersonError::LastAdministrator { .. } => Failure::Failed(format!(
            "{error}. Give another member the role GlobalAdmin or superuser first, or use --force"
        )),
        ErasePersonError::Unknown(_) | ErasePersonError::Store(_) => Failure::from_error(error),
    }
}

/// A person in JSON.
pub(super) fn describe(person: &Person) -> Value {
    json!({
        "id": person.id.get(),
        "public_id": person.public_id.as_str(),
        "email": person.email.as_str(),
        "name": person.name.as_str(),
        "has_password": person.password.is_some(),
    })
}
