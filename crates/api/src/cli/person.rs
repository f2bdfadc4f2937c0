//! `usher person …`

use serde_json::{Value, json};
use usher_domain::{person::Person, usecase::create_person::CreatePerson};

use super::{
    arguments::CreatePersonArguments, blocking_app::BlockingApp, failure::Failure, output::Output, password,
};
use crate::settings::Settings;

/// `usher person create`
pub(super) fn create(settings: &Settings, arguments: CreatePersonArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let password = password::from_stdin(arguments.password_stdin)?;
    let app = BlockingApp::open(settings)?;
    let password = password::hashed(password, &app)?;
    let command = CreatePerson { email: arguments.email, name: arguments.name, password };
    let created = app.block_on(app.inner.operators().create_person(command));
    let person = created.map_err(|error| Failure::from_error(&error))?;
    output.result(
        &format!("{} <{}> created, without an account", person.name, person.email),
        &describe(&person),
    )
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
