//! `usher openapi`

use super::program::Program;

const COMMITTED: &str = include_str!("../../../../docs/api/fastly.openapi.json");

#[test]
fn the_printed_document_is_the_committed_one() {
    let printed = Program::new().run(&["openapi"]).out;
    assert!(
        printed == COMMITTED,
        "docs/api/fastly.openapi.json is stale: cargo run -- openapi > docs/api/fastly.openapi.json"
    );
}
