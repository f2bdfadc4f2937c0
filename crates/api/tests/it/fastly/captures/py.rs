//! fastly 15.0.0 from `PyPI`.

use super::{Capture, DELETED, Wire, id};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(every_response_is_known);

fn every_response_is_known(backend: Backend) {
    let setup = Setup::new(backend);
    let capture = Capture::new(&setup);
    // All requests use one connection, so a wrongly framed response spoils the next one.
    let mut wire = Wire::to(&capture.server);
    let created = wire.send(&capture.request(CREATE, ""));
    assert_eq!(created.text(), CREATED);
    let listed = wire.send(&capture.request(LIST, ""));
    assert_eq!(listed.text(), LISTED);
    let deleted = wire.send(&capture.request(DELETE, &id(&created)));
    assert_eq!(deleted.text(), DELETED);
}

const CREATE: &str = r#"POST /invitations HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: identity
Content-Length: 363
Accept: application/vnd.api+json
Content-Type: application/vnd.api+json
User-Agent: fastly-py/15.0.0
Fastly-Key: super-token

{"data": {"type": "invitation", "attributes": {"email": "Py@example.com", "limit_services": true, "role": "engineer", "status_code": 1, "roles": ["engineer"]}, "relationships": {"service_invitations": {"data": [{"data": {"type": "service_invitation", "attributes": {"permission": "purge_all"}, "relationships": {"service": {"id": "SVC1111111111111111111"}}}}]}}}}"#;

const CREATED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"data":{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"Py@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}}}}}"#;

const LIST: &str = "GET /invitations?page%5Bsize%5D=1&page%5Bnumber%5D=1 HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: identity
Accept: application/vnd.api+json
User-Agent: fastly-py/15.0.0
Fastly-Key: super-token

";

const LISTED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
content-type: application/vnd.api+json
x-content-type-options: nosniff

{"data":[{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"Py@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}},"service_invitations":{"data":[{"id":"5xI5mN6jux5W1bx6f5mLO8","type":"service_invitation"}]}}}],"links":{"last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1"},"meta":{"current_page":1,"per_page":1,"record_count":1,"total_pages":1}}"#;

const DELETE: &str = "DELETE /invitations/{id} HTTP/1.1
Host: 127.0.0.1:18431
Accept-Encoding: identity
User-Agent: fastly-py/15.0.0
Fastly-Key: super-token

";
