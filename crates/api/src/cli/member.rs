//! `usher member …`

use clap::error::ErrorKind;
use serde_json::{Value, json};
use usher_app::PersonalWords;
use usher_domain::{
    account::AccountName,
    membership::Membership,
    person::Person,
    role::{BUILTIN, Grant, RoleName, ServiceGrant},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, AddMemberError},
        manage_member::{ManageMemberError, MemberToChange},
    },
};

use super::{
    arguments::{
        AddMemberArguments, ListMembersArguments, NamedMemberArguments, RemoveMemberArguments,
        SetRolesArguments,
    },
    blocking_app::BlockingApp,
    failure::Failure,
    output::Output,
    password, person,
    stderr::print_note,
};
use crate::settings::Settings;

/// Returns the roles and services of a member. If the arguments name services, the member is limited to them. Any error is
/// a usage error of the subcommand `command`.
pub(super) fn grant(command: &str, roles: &[RoleName], services: &[ServiceGrant]) -> Result<Grant, Failure> {
    let usage = |kind, text: &str| Failure::usage(&["member", command], kind, text);
    if roles.is_empty() {
        let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
        let text = format!("at least one --role is required; the roles are {}", known.join(", "));
        return Err(usage(ErrorKind::MissingRequiredArgument, &text));
    }
    Grant::new(roles.to_vec(), !services.is_empty(), services.to_vec())
        .map_err(|error| usage(ErrorKind::ValueValidation, &error.to_string()))
}

/// `usher member add`
pub(super) fn add(settings: &Settings, arguments: AddMemberArguments, grant: Grant) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let password = password::from_stdin(arguments.password_stdin)?;
    let app = BlockingApp::open(settings)?;
    let password = password::hashed(password, personal_words(&arguments, &app)?, &app)?;
    let AddMemberArguments { account, email, name, .. } = arguments;
    let command = AddMember { account, email, name, grant, password };
    let added = app.block_on(app.inner.operators().add_member(command.clone()));
    let person = added.map_err(|error| explain(&error))?;
    if person.password.is_none() {
        print_note(&format!(
            "{} has no password yet and can only use tokens of `usher token issue` or of a configured issuer",
            person.email
        ));
    }
    let AddMember { account, grant, .. } = command;
    let text = format!("{} is a member of {account}: {}", person.email, summary(&grant));
    output.result(&text, &describe(&account, &person, &grant))
}

/// `usher member list`
pub(super) fn list(settings: &Settings, arguments: ListMembersArguments) -> Result<(), Failure> {
    let ListMembersArguments { account, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let members = app.block_on(app.inner.operators().members(account.clone()));
    let members = members.map_err(|error| explain_change(&error))?;
    let line = |(person, membership): &(Person, Membership)| {
        format!("{}  {}  {}", person.email, person.name, summary(&membership.grant))
    };
    let text: Vec<String> = members.iter().map(line).collect();
    let json: Vec<Value> =
        members.iter().map(|(person, membership)| describe(&account, person, &membership.grant)).collect();
    Output::from_arguments(&result).lines(&text, &json.into())
}

/// `usher member set-roles`
pub(super) fn set_roles(
    settings: &Settings,
    arguments: SetRolesArguments,
    grant: &Grant,
) -> Result<(), Failure> {
    let SetRolesArguments { member: NamedMemberArguments { account, email }, force, result, .. } = arguments;
    let app = BlockingApp::open(settings)?;
    let member = MemberToChange { account: account.clone(), email, force };
    let changed = app.block_on(app.inner.operators().set_roles(member, grant.clone()));
    let person = changed.map_err(|error| explain_change(&error))?;
    let text = format!("{} in {account} from now on: {}", person.email, summary(grant));
    Output::from_arguments(&result).result(&text, &describe(&account, &person, grant))
}

/// `usher member remove`
pub(super) fn remove(settings: &Settings, arguments: RemoveMemberArguments) -> Result<(), Failure> {
    let RemoveMemberArguments { member: NamedMemberArguments { account, email }, force, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let member = MemberToChange { account: account.clone(), email, force };
    let removed = app.block_on(app.inner.operators().remove_member(member));
    let person = removed.map_err(|error| explain_change(&error))?;
    let text = format!("{} is no longer a member of {account}, and all tokens have ended", person.email);
    let json = json!({ "account": account.as_str(), "person": person::describe(&person) });
    Output::from_arguments(&result).result(&text, &json)
}

/// A member in JSON.
fn describe(account: &AccountName, person: &Person, grant: &Grant) -> Value {
    let roles: Vec<&str> = grant.roles().iter().map(RoleName::as_str).collect();
    let services: serde_json::Map<_, _> = grant
        .services()
        .iter()
        .map(|grant| (grant.service.as_str().to_owned(), grant.permission.as_str().into()))
        .collect();
    json!({
        "account": account.as_str(),
        "person": person::describe(person),
        "roles": roles,
        "limit_services": grant.limit_services(),
        "services": services,
    })
}

fn explain_change(error: &ManageMemberError) -> Failure {
    let text = match error {
        ManageMemberError::UnknownAccount(_) => format!("{error}: `usher account list` lists all accounts"),
        ManageMemberError::NotAMember(_) => format!("{error}: `usher member list` lists the members"),
        ManageMemberError::LastAdministrator { .. } => {
            format!("{error}. Give another member the role GlobalAdmin or superuser first, or use --force")
        }
        ManageMemberError::Store(_) => return Failure::from_error(error),
    };
    Failure::Failed(text)
}

/// The words that an attacker would try first as the password of the new member.
fn personal_words(arguments: &AddMemberArguments, app: &BlockingApp) -> Result<PersonalWords, Failure> {
    let account = app.block_on(app.inner.operators().account(arguments.account.clone()));
    let account = account.map_err(|error| Failure::from_error(&error))?;
    let title = account.as_ref().map(|account| account.title.as_str());
    let name = arguments.name.as_ref().map(DisplayText::as_str);
    Ok(PersonalWords::of([Some(arguments.email.as_str()), name, title].into_iter().flatten()))
}

fn explain(error: &AddMemberError) -> Failure {
    match error {
        AddMemberError::NameNeeded(email) => {
            Failure::Failed(format!("no person has the address {email}: --name creates one"))
        }
        AddMemberError::UnknownAccount(name) => Failure::Failed(format!(
            "there is no account named {name}: `usher account list` lists all accounts, `usher account create` creates one"
        )),
        AddMemberError::AlreadyMember(_) | AddMemberError::Store(_) => Failure::from_error(error),
    }
}

fn summary(grant: &Grant) -> String {
    let roles: Vec<&str> = grant.roles().iter().map(RoleName::as_str).collect();
    let services: Vec<String> = grant
        .services()
        .iter()
        .map(|grant| format!("{}={}", grant.service.as_str(), grant.permission.as_str()))
        .collect();
    let roles = roles.join(", ");
    if services.is_empty() { roles } else { format!("{roles}, on {} only", services.join(", ")) }
}
