//! The description of the dialect for programs.
#![cfg(test)]

use std::collections::BTreeSet;

use serde_json::Value;
use usher_landscape::{PREFIX, endpoints, openapi};

const COMMITTED: &str = include_str!("../../../docs/api/landscape.openapi.json");

/// Statuses that `docs/api/landscape.md` lists, without 405, which no described method gets.
const ERRORS: [&str; 13] =
    ["400", "401", "403", "404", "408", "409", "410", "413", "415", "422", "429", "500", "503"];

fn document() -> Value {
    serde_json::from_str(COMMITTED).unwrap()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let of_path = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    of_path.collect()
}

#[test]
fn the_committed_document_is_current() {
    let current = openapi().to_pretty_json().unwrap() + "\n";
    assert!(
        current == COMMITTED,
        "docs/api/landscape.openapi.json is stale: cargo run -- openapi landscape > docs/api/landscape.openapi.json"
    );
}

#[test]
fn every_operation_is_described_and_no_other() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let described: BTreeSet<String> = operations(&document).into_iter().map(|(name, _)| name).collect();
    let served = endpoints();
    let served = served.iter().map(|endpoint| format!("{} {PREFIX}{}", endpoint.method, endpoint.path));
    assert_eq!(described, served.collect());
}

#[test]
fn every_error_has_the_error_schema() {
    let document = document();
    let mut statuses = BTreeSet::new();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                continue;
            }
            let schema = &response["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ErrorResponse", "{name}: {status}");
            statuses.insert(status.clone());
        }
    }
    assert_eq!(statuses, ERRORS.map(str::to_owned).into());
    let members = document["components"]["schemas"]["ErrorResponse"]["properties"].as_object().unwrap();
    assert_eq!(members.keys().collect::<Vec<_>>(), ["detail", "error", "message"]);
}

#[test]
fn operations_without_a_token_are_marked() {
    let document = document();
    assert_eq!(document["security"], serde_json::json!([{ "bearer": [] }]));
    let open = operations(&document).into_iter().filter(|(_, operation)| !operation["security"].is_null());
    let open: Vec<_> = open.map(|(name, operation)| (name, operation["security"].to_string())).collect();
    let expected = [
        ("GET /api/v2/invitations/{secure_id}/summary", "[{}]"),
        ("POST /api/v2/login", "[{}]"),
        ("POST /api/v2/reject-invitation", r#"[{},{"bearer":[]}]"#),
    ];
    assert_eq!(open, expected.map(|(name, security)| (name.to_owned(), security.to_owned())));
}

#[test]
fn every_write_but_the_login_takes_an_idempotency_key() {
    let document = document();
    let takes_key = |operation: &Value| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.filter(|parameter| parameter["name"] == "Idempotency-Key").count() == 1
    };
    for (name, operation) in operations(&document) {
        let is_write = !name.starts_with("GET") && !name.ends_with("/login");
        assert_eq!(takes_key(operation), is_write, "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let references = COMMITTED.split("\"#/components/schemas/").skip(1);
    let names: BTreeSet<&str> = references.filter_map(|rest| rest.split('"').next()).collect();
    let known: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
    assert_eq!(names, known);
}
