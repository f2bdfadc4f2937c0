//! @adobe/fastly-native-promises 3.1.1 from npm.

use super::{Capture, DELETED_AND_CLOSED, id};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(every_response_is_known);

fn every_response_is_known(backend: Backend) {
    let setup = Setup::new(backend);
    let capture = Capture::new(&setup);
    assert_eq!(capture.send_alone(USER, "").text(), CURRENT_USER);
    let created = capture.send_alone(CREATE, "");
    assert_eq!(created.text(), CREATED);
    assert_eq!(capture.send_alone(LIST, "").text(), LISTED);
    assert_eq!(capture.send_alone(DELETE, &id(&created)).text(), DELETED_AND_CLOSED);
}

const USER: &str = "GET /current_user HTTP/1.1
content-type: application/x-www-form-urlencoded
fastly-key: super-token
user-agent: adobe-fetch/4.2.3
accept: */*
accept-encoding: gzip,deflate,br
Connection: close
Host: 127.0.0.1:18431

";

const CURRENT_USER: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
connection: close
content-type: application/json
x-content-type-options: nosniff

{"id":"ECVULPJp82duydm3JnSPBt","login":"jane@example.com","name":"Jane Smith","customer_id":"rFLQdWWYHeCNytKVpySnlR","role":"superuser","roles":["GlobalAdmin"],"limit_services":false,"locked":false,"require_new_password":false,"two_factor_auth_enabled":false,"two_factor_setup_required":false,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null}"#;

const CREATE: &str = r#"POST /invitations HTTP/1.1
content-type: application/json
fastly-key: super-token
user-agent: adobe-fetch/4.2.3
accept: */*
accept-encoding: gzip,deflate,br
Connection: close
Host: 127.0.0.1:18431
content-length: 198

{"data":{"type":"invitation","attributes":{"email":"ad@example.com","limit_services":true,"role":"engineer"},"relationships":{"customer":{"data":{"id":"4Ab7cDeFgH1jKlMnOpQrSt","type":"customer"}}}}}"#;

const CREATED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
connection: close
content-type: application/vnd.api+json
fastly-ratelimit-remaining: N
fastly-ratelimit-reset: 1710946800
x-content-type-options: nosniff

{"data":{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"ad@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}}}}}"#;

const LIST: &str = "GET /invitations HTTP/1.1
content-type: application/json
fastly-key: super-token
user-agent: adobe-fetch/4.2.3
accept: */*
accept-encoding: gzip,deflate,br
Connection: close
Host: 127.0.0.1:18431

";

const LISTED: &str = r#"HTTP/1.1 200 OK
cache-control: no-store
connection: close
content-type: application/vnd.api+json
x-content-type-options: nosniff

{"data":[{"id":"U7ZbkF6PVUPaeGfuNOV42O","type":"invitation","attributes":{"email":"ad@example.com","limit_services":true,"role":"engineer","roles":["engineer"],"status_code":1,"created_at":"2024-03-20T14:49:25Z","updated_at":"2024-03-20T14:49:25Z","deleted_at":null},"relationships":{"customer":{"data":{"id":"rFLQdWWYHeCNytKVpySnlR","type":"customer"}},"service_invitations":{"data":[]}}}],"links":{"last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=20"},"meta":{"current_page":1,"per_page":20,"record_count":1,"total_pages":1}}"#;

const DELETE: &str = "DELETE /invitations/{id} HTTP/1.1
content-type: application/json
fastly-key: super-token
user-agent: adobe-fetch/4.2.3
accept: */*
accept-encoding: gzip,deflate,br
Connection: close
Host: 127.0.0.1:18431

";
