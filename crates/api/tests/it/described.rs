//! The responses of both dialects are as their OpenAPI documents describe them.

use std::path::{Path, PathBuf};

use usher_testbed::check_api;

use crate::harness::{Backend, Setup};

#[test]
fn landscapes_dialect_is_as_described() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let token = server.token(Some("onward"), "jane@example.com");
    check_api(&document("landscape"), server.client.base(), &format!("Authorization: Bearer {token}"))
        .unwrap();
}

#[test]
fn fastlys_dialect_is_as_described() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let token = server.token(Some("onward"), "jane@example.com");
    check_api(&document("fastly"), server.client.base(), &format!("Fastly-Key: {token}")).unwrap();
}

fn document(dialect: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/api/{dialect}.openapi.json"))
}
