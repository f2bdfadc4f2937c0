//! The OpenAPI document.

use std::collections::BTreeSet;

use serde_json::Value;
use usher_api::http::fastly;

use super::program::Program;

const COMMITTED: &str = include_str!("../../../../docs/api/fastly.openapi.json");

#[test]
fn the_committed_document_is_the_one_that_is_printed() {
    let printed = Program::new().run(&["openapi"]).out;
    assert!(
        printed == COMMITTED,
        "docs/api/fastly.openapi.json is stale: cargo run -- openapi > docs/api/fastly.openapi.json"
    );
}

#[test]
fn the_document_describes_exactly_the_served_operations() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let described = document["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        let methods = operations.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let served = fastly::endpoints();
    let served = served.iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path));
    assert_eq!(described.collect::<BTreeSet<_>>(), served.collect::<BTreeSet<_>>());
}

#[test]
fn every_reference_has_a_schema() {
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let references = COMMITTED.split("\"#/components/schemas/").skip(1);
    let names: BTreeSet<&str> = references.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(schemas.contains_key(name), "{name}");
    }
}
