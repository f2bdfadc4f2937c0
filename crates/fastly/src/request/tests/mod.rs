mod members;
mod recorded;
mod services;
mod shapes;

use serde_json::{Value, json};
use usher_domain::role::ServicePermission;

use super::{RequestedInvite, read};

/// Address, role names, `limit_services`, services with their permissions.
type Summary = (String, Vec<String>, bool, Vec<(String, ServicePermission)>);

fn summary(invite: &RequestedInvite) -> Summary {
    let grant = &invite.grant;
    let services = grant.services().iter();
    (
        invite.email.to_string(),
        grant.roles().iter().map(ToString::to_string).collect(),
        grant.limit_services(),
        services.map(|granted| (granted.service.as_str().to_owned(), granted.permission)).collect(),
    )
}

#[track_caller]
fn accepted(body: &Value) -> Summary {
    summary(&read(body.to_string().as_bytes()).unwrap_or_else(|problem| panic!("{problem}: {body}")))
}

/// The detail of the 400 for a body.
#[track_caller]
fn rejected(body: &Value) -> String {
    let problem = read(body.to_string().as_bytes()).expect_err("it was accepted").to_string();
    problem.strip_prefix("400 Bad request: ").unwrap_or_else(|| panic!("{problem}")).to_owned()
}

/// A body with these attributes in addition to the address.
fn with(attributes: &Value) -> Value {
    let mut body = json!({ "data": { "type": "invitation", "attributes": attributes } });
    body["data"]["attributes"]["email"] = "mina@example.org".into();
    body
}

/// A body with this relationship `service_invitations`.
fn with_services(services: &Value) -> Value {
    let mut body = with(&json!({}));
    body["data"]["relationships"] = json!({ "service_invitations": services });
    body
}
