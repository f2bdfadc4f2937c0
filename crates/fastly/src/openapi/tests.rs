use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::OpenApi as _;

use super::Description;
use crate::{
    authorization::{ServiceAuthorization, ServiceAuthorizationCollection},
    examples,
    invitation::{InvitationCollection, InvitationDocument, InvitationResource},
    page::{PageRequest, Paging},
    routes::endpoints,
    test_data,
    user::CurrentUser,
};

const COMMITTED: &str = include_str!("../../../../docs/api/fastly.openapi.json");

#[test]
fn the_committed_document_is_up_to_date() {
    let generated = Description::openapi().to_pretty_json().unwrap() + "\n";
    assert!(
        generated == COMMITTED,
        "docs/api/fastly.openapi.json is stale: cargo run -- openapi > docs/api/fastly.openapi.json"
    );
}

#[test]
fn the_document_describes_exactly_the_operations_that_are_served() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let described = document["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        let methods = operations.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let served = endpoints();
    let served = served.iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path));
    assert_eq!(described.collect::<BTreeSet<_>>(), served.collect::<BTreeSet<_>>());
}

#[test]
fn every_reference_names_a_schema_of_the_document() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let references = COMMITTED.split("\"#/components/schemas/").skip(1);
    let names: BTreeSet<&str> = references.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(schemas.contains_key(name), "{name}");
    }
}

/// Whether every property of a schema has an example.
fn is_exemplified(document: &Value, schema: &Value) -> bool {
    let reference = schema["$ref"].as_str().or_else(|| {
        // An optional body is either null or a reference.
        schema["oneOf"].as_array()?.iter().find_map(|option| option["$ref"].as_str())
    });
    let schema = document.pointer(reference.unwrap_or_default().trim_start_matches('#')).unwrap();
    schema["properties"].as_object().unwrap().values().all(|property| !property["example"].is_null())
}

#[test]
fn every_body_and_parameter_has_an_example() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap().values();
            for content in responses.chain([&operation["requestBody"]]) {
                for body in content["content"].as_object().into_iter().flatten().map(|(_, body)| body) {
                    let given = !body["example"].is_null() || is_exemplified(&document, &body["schema"]);
                    assert!(given, "{method} {path}: {body}");
                }
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            for parameter in parameters.filter(|parameter| parameter["name"] != "Idempotency-Key") {
                assert!(!parameter["example"].is_null(), "{method} {path}: {parameter}");
            }
        }
    }
}

#[test]
fn the_document_names_its_license_and_its_server() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(document["info"]["license"]["identifier"], "MIT OR Apache-2.0");
    assert_eq!(document["servers"][0]["url"], "/");
}

/// The pointers of all members.
fn members(value: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner {
        let pointer = format!("{pointer}/{name}");
        members(value, &pointer, found);
        found.insert(pointer);
    }
}

#[test]
fn the_examples_are_requests_that_are_accepted_and_responses_that_are_sent() {
    let request = crate::request::read(examples::request().to_string().as_bytes()).unwrap();
    let actor = test_data::actor(request.grant.clone());
    let page = |path: &str| {
        let page = PageRequest::from_query(&[]).unwrap();
        Paging::by_number(&format!("https://usher.example.com/{path}"), &page, 1)
    };
    let invitation = test_data::invitation(request.grant);
    let listed = InvitationResource::listed(&invitation, &actor.account);
    let created = InvitationResource::created(&invitation, &actor.account);
    let authorizations = ServiceAuthorization::all(&actor);
    let pairs = [
        (examples::invitation(), json!(InvitationDocument::new(created))),
        (examples::invitations(), json!(InvitationCollection::new([listed], page("invitations")))),
        (examples::current_user(), json!(CurrentUser::new(&actor))),
        (
            examples::service_authorizations(),
            json!(ServiceAuthorizationCollection::new(authorizations, page("service-authorizations"))),
        ),
    ];
    for (example, sent) in pairs {
        let pointers = |value: &Value| {
            let mut found = BTreeSet::new();
            members(value, "", &mut found);
            found
        };
        assert_eq!(pointers(&example), pointers(&sent));
    }
}
