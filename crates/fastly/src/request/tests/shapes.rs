//! The types in the OpenAPI document and the reader know the same members.

use serde_json::{Value, json};
use utoipa::ToSchema as _;

use super::{accepted, rejected};
use crate::{
    permission::FastlyPermission,
    request::shape::{
        InvitationRequest, InvitationType, RequestedAttributes, RequestedInvitation, RequestedRelationships,
        RequestedService, RequestedServiceInvitation, RequestedServiceInvitations, ServiceIdentifier,
        ServiceInvitation, ServiceInvitationAttributes, ServiceInvitationRelationships,
        ServiceInvitationType, ServiceType,
    },
    role::FastlyRole,
};

/// A request with every member of the types, and every form.
fn whole() -> InvitationRequest {
    let id = |id: &str| ServiceIdentifier { kind: Some(ServiceType::Service), id: id.to_owned() };
    let invitation = |service| ServiceInvitation {
        kind: Some(ServiceInvitationType::ServiceInvitation),
        attributes: Some(ServiceInvitationAttributes { permission: Some(FastlyPermission::PurgeAll) }),
        relationships: ServiceInvitationRelationships { service },
    };
    let services = vec![
        RequestedServiceInvitation::Plain(invitation(RequestedService::Linked { data: id("A") })),
        RequestedServiceInvitation::Plain(invitation(RequestedService::Bare(id("B")))),
        RequestedServiceInvitation::Wrapped { data: invitation(RequestedService::Linked { data: id("C") }) },
        RequestedServiceInvitation::Wrapped { data: invitation(RequestedService::Bare(id("D"))) },
    ];
    InvitationRequest {
        data: RequestedInvitation {
            kind: Some(InvitationType::Invitation),
            attributes: RequestedAttributes {
                email: "mina@example.org".to_owned(),
                limit_services: Some(true),
                role: Some(FastlyRole::Engineer),
                roles: Some(vec!["Auditor".to_owned()]),
                status_code: Some(1.into()),
            },
            relationships: Some(RequestedRelationships {
                customer: Some(json!({ "data": { "type": "customer", "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky" } })),
                service_invitations: Some(RequestedServiceInvitations { data: Some(services) }),
            }),
        },
    }
}

/// The path of every value below `value`, as a JSON pointer and as problems write it.
fn places(value: &Value, (pointer, path): (&str, &str), found: &mut Vec<(String, String)>) {
    let mut visit = |member: &Value, pointer: String, path: String| {
        places(member, (&pointer, &path), found);
        found.push((pointer, path));
    };
    match value {
        Value::Object(map) => {
            let dot = if path.is_empty() { "" } else { "." };
            map.iter().for_each(|(name, member)| {
                visit(member, format!("{pointer}/{name}"), format!("{path}{dot}{name}"));
            });
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(at, item)| {
            visit(item, format!("{pointer}/{at}"), format!("{path}[{at}]"));
        }),
        _ => {}
    }
}

#[test]
fn every_body_of_the_types_is_accepted() {
    let (email, roles, limited, services) = accepted(&serde_json::to_value(whole()).unwrap());
    assert_eq!((email.as_str(), limited, services.len()), ("mina@example.org", true, 4));
    assert_eq!(roles, ["Auditor", "engineer"]);
}

#[test]
fn the_reader_reads_every_member_of_the_types() {
    let whole = serde_json::to_value(whole()).unwrap();
    let mut every = Vec::new();
    places(&whole, ("", ""), &mut every);
    assert!(every.len() > 40, "{}", every.len());
    for (pointer, path) in every {
        let mut changed = whole.clone();
        // Invalid for every member.
        *changed.pointer_mut(&pointer).unwrap() = json!(12.5);
        if path.starts_with("data.relationships.customer") {
            accepted(&changed);
        } else {
            let text = rejected(&changed);
            assert!(text.starts_with(&format!("{path} must be ")), "{path}: {text}");
        }
    }
}

#[test]
fn the_schema_names_required_members_and_valid_values() {
    let mut schemas = Vec::new();
    InvitationRequest::schemas(&mut schemas);
    let schema = |name: &str| {
        let found = schemas.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}"));
        serde_json::to_value(&found.1).unwrap()
    };
    assert_eq!(schema("RequestedInvitation")["required"], json!(["attributes"]));
    assert_eq!(schema("RequestedAttributes")["required"], json!(["email"]));
    assert_eq!(schema("ServiceInvitation")["required"], json!(["relationships"]));
    assert_eq!(schema("ServiceIdentifier")["required"], json!(["id"]));
    assert_eq!(schema("InvitationType")["enum"], json!(["invitation"]));
    let names = FastlyRole::ALL.map(FastlyRole::as_str);
    assert_eq!(schema("Role")["enum"], json!(names));
    for name in ["RequestedServiceInvitation", "RequestedService"] {
        assert_eq!(schema(name)["oneOf"].as_array().map(Vec::len), Some(2), "{name}");
    }
    let code = &schema("RequestedAttributes")["properties"]["status_code"]["oneOf"];
    assert_eq!((&code[0]["enum"], &code[1]["enum"]), (&json!([1]), &json!(["1"])));
}
