use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::OpenApi as _;

use super::Description;
use crate::routes::endpoints;

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
