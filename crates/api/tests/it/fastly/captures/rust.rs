//! fastly-api 15.0.0 from the crates registry.

use super::{Capture, Wire};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(every_response_is_known);

fn every_response_is_known(backend: Backend) {
    let setup = Setup::new(backend);
    let capture = Capture::new(&setup);
    let mut wire = Wire::to(&capture.server);
    assert_eq!(wire.send(&capture.request(CREATE, "")).text(), CREATED);
    assert_eq!(wire.send(&capture.request(LIST, "")).text(), LISTED);
    assert_eq!(wire.send(&capture.request(DELETE, "")).text(), NOT_FOUND);
}

const CREATE: &str = r#"POST /invitations HTTP/1.1
user-agent: fastly-rust/15.0.0/rust
fastly-key: super-token
content-type: application/json
accept: */*
host: 127.0.0.1:18431
content-length: 318

{"data":{"type":"invitation","attributes":{"email":"rs@example.com","limit_services":true,"role":"engineer","status_code":"1"},"relationships":{"service_invitations":{"data":[{"data":{"type":"service_invitation","attributes":{"permission":"purge_all"},"relationships":{"service":{"type":"service","id":"SVCID"}}}}]}}}}"#;

const CREATED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"data":{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"rs@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}}}}}"#;

const LIST: &str = "GET /invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1 HTTP/1.1
user-agent: fastly-rust/15.0.0/rust
fastly-key: super-token
accept: */*
host: 127.0.0.1:18431

";

const LISTED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
x-content-type-options: nosniff

{"data":[{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"rs@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}},"service_invitations":{"data":[{"id":"2VBzkdL4AFQrTP8XWxYpCB","type":"service_invitation"}]}}}],"links":{"last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1"},"meta":{"current_page":1,"per_page":1,"record_count":1,"total_pages":1}}"#;

const DELETE: &str = "DELETE /invitations/a%2Fb+c HTTP/1.1
user-agent: fastly-rust/15.0.0/rust
fastly-key: super-token
accept: */*
host: 127.0.0.1:18431

";

const NOT_FOUND: &str = r#"HTTP/1.1 404 Not Found
cache-control: no-store
content-type: application/json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"msg":"Record not found","detail":"Cannot find invitation 'a/b+c'"}"#;
