//! fastly 13.0.0 from npm, with a body from its documentation.

use super::{Capture, DELETED_AND_CLOSED, id};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(every_response_is_known);

fn every_response_is_known(backend: Backend) {
    let setup = Setup::new(backend);
    let capture = Capture::new(&setup);
    let created = capture.send_alone(CREATE, "");
    assert_eq!(created.text(), CREATED);
    assert_eq!(capture.send_alone(LIST, "").text(), LISTED);
    assert_eq!(capture.send_alone(DELETE, &id(&created)).text(), DELETED_AND_CLOSED);
}

const CREATE: &str = r#"POST /invitations HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: gzip, deflate
Fastly-Key: super-token
User-Agent: fastly-js/13.0.0
Content-Type: application/vnd.api+json
Accept: application/vnd.api+json
Content-Length: 345
Connection: close

{"data":{"type":"invitation","attributes":{"email":"js@example.com","limit_services":true,"role":"engineer"},"relationships":{"customer":{"data":{"id":"C","type":"customer"}},"service_invitations":{"data":[{"type":"service_invitation","attributes":{"permission":"purge_all"},"relationships":{"service":{"data":{"type":"service","id":"S"}}}}]}}}}"#;

const CREATED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
connection: close
content-type: application/vnd.api+json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"data":{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"js@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}}}}}"#;

const LIST: &str = "GET /invitations?page%5Bnumber%5D=2&page%5Bsize%5D=1 HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: gzip, deflate
Fastly-Key: super-token
User-Agent: fastly-js/13.0.0
Accept: application/vnd.api+json
Connection: close

";

const LISTED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
connection: close
content-type: application/vnd.api+json
x-content-type-options: nosniff

{"data":[],"links":{"first":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1","prev":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1","last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1"},"meta":{"current_page":2,"per_page":1,"record_count":1,"total_pages":1}}"#;

const DELETE: &str = "DELETE /invitations/{id} HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: gzip, deflate
Fastly-Key: super-token
User-Agent: fastly-js/13.0.0
Connection: close

";
