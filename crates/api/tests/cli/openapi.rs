//! `usher openapi`

use super::program::Program;

const FASTLY: &str = include_str!("../../../../docs/api/fastly.openapi.json");
const LANDSCAPE: &str = include_str!("../../../../docs/api/landscape.openapi.json");

#[test]
fn the_printed_documents_are_the_committed_ones() {
    for (dialect, committed) in [("fastly", FASTLY), ("landscape", LANDSCAPE)] {
        let printed = Program::new().run(&["openapi", dialect]).out;
        assert!(
            printed == committed,
            "docs/api/{dialect}.openapi.json is stale: \
             cargo run -- openapi {dialect} > docs/api/{dialect}.openapi.json"
        );
    }
}

#[test]
fn the_default_dialect_is_fastly() {
    assert!(Program::new().run(&["openapi"]).out == FASTLY);
}

#[test]
fn an_unknown_dialect_is_a_usage_error_that_lists_the_dialects() {
    let ended = Program::new().run(&["openapi", "github"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("[possible values: fastly, landscape]"), "{}", ended.err);
}
