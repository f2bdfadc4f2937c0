//! `usher member …`

use clap::error::ErrorKind;
use serde_json::json;
use usher_domain::{
    role::{BUILTIN, Grant, RoleName, ServiceGrant},
    usecase::add_member::{AddMember, AddMemberError},
};

use super::{
    arguments::AddMemberArguments,
    failure::Failure,
    output::{Output, tell},
    password, person,
    records::Records,
};
use crate::settings::Settings;

/// What the member is going to be allowed; a wrong use of the command when that makes no sense. Naming services limits
/// the member to them.
pub(super) fn grant(arguments: &AddMemberArguments) -> Result<Grant, Failure> {
    let wrong = |kind, text: &str| Failure::usage(&["member", "add"], kind, text);
    if arguments.roles.is_empty() {
        let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
        let text = format!("--role is needed at least once; there are {}", known.join(", "));
        return Err(wrong(ErrorKind::MissingRequiredArgument, &text));
    }
    let (roles, services) = (arguments.roles.clone(), arguments.services.clone());
    let limited = !services.is_empty();
    Grant::new(roles, limited, services)
        .map_err(|error| wrong(ErrorKind::ValueValidation, &error.to_string()))
}

/// `usher member add`
pub(super) fn add(settings: &Settings, arguments: AddMemberArguments, grant: Grant) -> Result<(), Failure> {
    let output = Output::of(&arguments.result);
    let password = password::from_stdin(arguments.password_stdin)?;
    let records = Records::open(settings)?;
    let password = password::hashed(password, &records)?;
    let AddMemberArguments { account, email, name, .. } = arguments;
    let command = AddMember { account, email, name, grant, password };
    let added = records.wait(records.app.operators().add_member(command.clone()));
    let person = added.map_err(|error| explain(&error))?;
    if person.password.is_none() {
        tell(&format!(
            "{} has no password yet, and signs in with `usher token issue` or a token of a configured issuer only",
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
            Failure::Failed(format!("nobody has the address {email}: --name makes a new person"))
        }
        AddMemberError::UnknownAccount(name) => Failure::Failed(format!(
            "there is no account named {name}: `usher account list` shows all, `usher account create` makes one"
        )),
        AddMemberError::AlreadyMember(_) | AddMemberError::Store(_) => Failure::of(error),
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
