//! fastly-go. Not recorded, but based on its generated models and Go's own client: members of objects are sorted,
//! header names have Go's capitalization, and gzip is accepted.

use super::{Capture, DELETED, Wire, id};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(every_response_is_known);

fn every_response_is_known(backend: Backend) {
    let setup = Setup::new(backend);
    let capture = Capture::new(&setup);
    let mut wire = Wire::to(&capture.server);
    let created = wire.send(&capture.request(CREATE, ""));
    assert_eq!(created.text(), CREATED);
    assert_eq!(wire.send(&capture.request(LIST, "")).text(), LISTED);
    assert_eq!(wire.send(&capture.request(DELETE, &id(&created))).text(), DELETED);
    assert_eq!(wire.send(&capture.request(DELETE, &id(&created))).text(), NOT_FOUND);
}

const CREATE: &str = r#"POST /invitations HTTP/1.1
Host: 127.0.0.1:18431
User-Agent: fastly-go/15.0.0
Content-Length: 303
Accept: application/vnd.api+json
Content-Type: application/vnd.api+json
Fastly-Key: super-token
Accept-Encoding: gzip

{"data":{"attributes":{"email":"go@example.com","limit_services":true,"role":"engineer"},"relationships":{"service_invitations":{"data":[{"data":{"attributes":{"permission":"purge_select"},"relationships":{"service":{"id":"SVCID","type":"service"}},"type":"service_invitation"}}]}},"type":"invitation"}}"#;

const CREATED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"data":{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"go@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}}}}}"#;

const LIST: &str = "GET /invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1 HTTP/1.1
Host: 127.0.0.1:18431
User-Agent: fastly-go/15.0.0
Accept: application/vnd.api+json
Fastly-Key: super-token
Accept-Encoding: gzip

";

const LISTED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
x-content-type-options: nosniff

{"data":[{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"go@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}},"service_invitations":{"data":[{"id":"2VBzkdL4AFQrTP8XWxYpCB","type":"service_invitation"}]}}}],"links":{"last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1"},"meta":{"current_page":1,"per_page":1,"record_count":1,"total_pages":1}}"#;

const DELETE: &str = "DELETE /invitations/{id} HTTP/1.1
Host: 127.0.0.1:18431
User-Agent: fastly-go/15.0.0
Fastly-Key: super-token
Accept-Encoding: gzip

";

const NOT_FOUND: &str = r#"HTTP/1.1 404 Not Found
cache-control: no-store
content-type: application/json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"msg":"Record not found","detail":"Cannot find invitation 'U7ZbkF6PVUPaeGfuNOV42O'"}"#;
