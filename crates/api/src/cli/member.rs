//! `usher member …`

use clap::error::ErrorKind;
use serde_json::json;
use usher_domain::{
    role::{BUILTIN, Grant, RoleName, ServiceGrant},
    usecase::add_member::{AddMember, AddMemberError},
};

use super::{
    arguments::AddMemberArguments, blocking_app::BlockingApp, failure::Failure, output::Output, password,
    person, stderr::print_note,
};
use crate::settings::Settings;

/// Returns the member's roles and services. If the arguments name services, the member is limited to them. Any error is
/// a usage error.
pub(super) fn grant(arguments: &AddMemberArguments) -> Result<Grant, Failure> {
    let usage = |kind, text: &str| Failure::usage(&["member", "add"], kind, text);
    if arguments.roles.is_empty() {
        let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
        let text = format!("at least one --role is required; the roles are {}", known.join(", "));
        return Err(usage(ErrorKind::MissingRequiredArgument, &text));
    }
    let (roles, services) = (arguments.roles.clone(), arguments.services.clone());
    let limited = !services.is_empty();
    Grant::new(roles, limited, services)
        .map_err(|error| usage(ErrorKind::ValueValidation, &error.to_string()))
}

/// `usher member add`
pub(super) fn add(settings: &Settings, arguments: AddMemberArguments, grant: Grant) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let password = password::from_stdin(arguments.password_stdin)?;
    let app = BlockingApp::open(settings)?;
    let password = password::hashed(password, &app)?;
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
    let roles: Vec<&str> = grant.roles().iter().map(RoleName::as_str).collect();
    let text = format!("{} is a member of {account}: {}", person.email, summary(&roles, grant.services()));
    let services: serde_json::Map<_, _> = grant
        .services()
        .iter()
        .map(|grant| (grant.service.as_str().to_owned(), grant.permission.as_str().into()))
        .collect();
    let json = json!({
        "account": account.as_str(),
        "person": person::describe(&person),
        "roles": roles,
        "limit_services": grant.limit_services(),
        "services": services,
    });
    output.result(&text, &json)
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

fn summary(roles: &[&str], services: &[ServiceGrant]) -> String {
    let services: Vec<String> = services
        .iter()
        .map(|grant| format!("{}={}", grant.service.as_str(), grant.permission.as_str()))
        .collect();
    let roles = roles.join(", ");
    if services.is_empty() { roles } else { format!("{roles}, on {} only", services.join(", ")) }
}
