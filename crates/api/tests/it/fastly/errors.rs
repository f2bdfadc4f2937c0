//! Rejections: status and text, and that they reveal nothing to strangers.

use chrono::TimeDelta;
use reqwest::{Method, blocking::RequestBuilder};
use serde_json::json;

use super::{
    acceptance_code, create, document, emails, invited, list, path, rejection,
    wire::{Wire, host},
};
use crate::harness::{Backend, Response, Setup, on_both_databases, send};

on_both_databases!(invitations_of_other_accounts_are_not_found, addresses_are_compared_without_case);

const UNAUTHORIZED: &str = "Provided credentials are missing or invalid";

/// Asserts a 401 and returns its detail.
#[track_caller]
fn unauthorized(response: &Response) -> String {
    let (status, msg, detail) = rejection(response);
    assert_eq!((status, msg.as_str()), (401, UNAUTHORIZED), "{response:?}");
    assert!(response.header("www-authenticate").starts_with(r#"Bearer realm="usher""#));
    detail
}

#[test]
fn one_token_is_sent_in_either_header_or_in_both() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let token = server.token(Some("onward"), "jane@example.com");
    let (bearer, basic) = (format!("Bearer {token}"), format!("Basic {token}"));
    let (key, bearer, basic) =
        (("Fastly-Key", &*token), ("Authorization", &*bearer), ("Authorization", &*basic));
    let ask = |headers: &[(&str, &str)]| {
        let request = server.client.request(Method::GET, "/invitations");
        send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
    };
    // A proxy may add credentials of another scheme.
    // A proxy may copy the token into the other header.
    let good: [&[(&str, &str)]; 4] = [&[key], &[bearer], &[key, basic], &[key, bearer]];
    for headers in good {
        ask(headers).expect(200);
    }
    assert_eq!(unauthorized(&ask(&[])), "send a token in the header `Fastly-Key`");
    let one = "send one token, either as `Fastly-Key: <token>` or as `Authorization: Bearer <token>`";
    let other = format!("Bearer {}", server.token(None, "jane@example.com"));
    let other = ("Authorization", &*other);
    let malformed: [&[(&str, &str)]; 4] = [&[key, other], &[key, key], &[bearer, bearer], &[basic]];
    for headers in malformed {
        assert_eq!(unauthorized(&ask(headers)), one, "{headers:?}");
    }
}

#[test]
fn every_operation_rejects_invalid_tokens() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let id = invited(&jane, "joe@example.com");
    let expired = server.token(Some("onward"), "jane@example.com");
    setup.advance(TimeDelta::hours(2));
    let (signed, _) = expired.rsplit_once('.').unwrap();
    let unsigned = format!("{signed}.");
    // The last has the form of an access token.
    let bad = ["", "garbage", "a.b.c", &expired, &unsigned, "0123456789abcdefghijABCDEFGHIJxy"];
    let requests: [(Method, &str); 5] = [
        (Method::GET, "/invitations"),
        (Method::POST, "/invitations"),
        (Method::DELETE, &path(&id)),
        (Method::GET, "/current_user"),
        (Method::GET, "/service-authorizations"),
    ];
    for token in bad {
        for (method, path) in &requests {
            let request = server.client.request(method.clone(), path).header("Fastly-Key", token);
            let body = document("ann@example.com", "user").to_string();
            unauthorized(&send(request.body(body)));
        }
    }
    let jane = server.jane();
    assert_eq!(emails(&list(&jane)), ["joe@example.com"], "no invitation changed");
}

fn invitations_of_other_accounts_are_not_found(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    server.add_account("upside", "Upside");
    server.add_member("upside", "eve@example.com", &["superuser"], None);
    let eve = server.client_of("upside", "eve@example.com");
    let foreign = invited(&eve, "joe@example.com");
    let gone = invited(&jane, "ann@example.com");
    jane.delete(&path(&gone)).expect(204);
    // Landscape's numeric ids are unknown here.
    let unknown = "2bXr7KqVn0mTz5LcWd8Yp4";
    for id in [&*foreign, &gone, unknown, "1", "x", &"x".repeat(23)] {
        let expected = (404, "Record not found".to_owned(), format!("Cannot find invitation '{id}'"));
        assert_eq!(rejection(&jane.delete(&path(id))), expected);
    }
    for (spelled, id) in [("a%2Fb%20c", "a/b c"), ("%C3%BC", "ü"), ("%22%3C", "\"<"), ("%00", "\0")] {
        let (_, _, detail) = rejection(&jane.delete(&path(spelled)).expect(404));
        assert_eq!(detail, format!("Cannot find invitation '{id}'"), "{spelled}");
    }
    assert_eq!(emails(&list(&eve)), ["joe@example.com"]);
}

#[test]
fn malformed_ids_are_not_found() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for id in ["%FF", "%", "%zz", "a%2"] {
        let (status, msg, _) = rejection(&jane.delete(&path(id)));
        assert_eq!((status, msg.as_str()), (404, "Record not found"), "{id}");
    }
    let long = "x".repeat(5000);
    let (status, _, detail) = rejection(&jane.delete(&path(&long)));
    assert_eq!((status, detail), (404, format!("Cannot find invitation '{}'", &long[..64])));
}

fn addresses_are_compared_without_case(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    invited(&jane, "joe@example.com");
    let pending = rejection(&create(&jane, &document("Joe@Example.com", "engineer")));
    assert_eq!((pending.0, pending.1.as_str()), (409, "Duplicate record"));
    assert_eq!(
        pending.2,
        "Joe@Example.com already has a pending invitation to this account; delete that one first"
    );
    let member = rejection(&create(&jane, &document("JANE@example.com", "user")));
    let detail = "JANE@example.com is already a member of this account".to_owned();
    assert_eq!(member, (409, "Duplicate record".to_owned(), detail));
    assert_eq!(emails(&list(&jane)), ["joe@example.com"]);
}

#[test]
fn missing_permissions_are_named_and_nothing_changes() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let superusers = create(&jane, &document("boss@example.com", "superuser")).expect(200).json();
    let superusers = path(superusers["data"]["id"].as_str().unwrap());
    let of = |role: &str| {
        let email = format!("{role}@example.com");
        server.add_member("onward", &email, &[role], None);
        server.client_of("onward", &email)
    };
    let (user, engineer) = (of("user"), of("engineer"));
    let joe = document("joe@example.com", "user");
    let post = |body: &serde_json::Value| -> RequestBuilder {
        engineer.request(Method::POST, "/invitations").body(body.to_string())
    };
    let mut with_service = joe.clone();
    let service = json!({ "relationships": { "service": { "id": "S" } } });
    with_service["data"]["relationships"] = json!({ "service_invitations": { "data": [service] } });
    let ceiling = "you cannot grant roles or permissions that you do not hold yourself";
    let table = [
        (user.get("/invitations"), "your roles in this account do not allow seeing its invitations"),
        (create(&user, &joe), "your roles in this account do not allow inviting people"),
        (user.delete(&superusers), "your roles in this account do not allow deleting invitations"),
        // A member without the permission does not learn which ids exist.
        (
            user.delete("/invitations/2bXr7KqVn0mTz5LcWd8Yp4"),
            "your roles in this account do not allow deleting invitations",
        ),
        (send(post(&document("joe@example.com", "superuser"))), ceiling),
        (send(post(&with_service)), ceiling),
        (
            engineer.delete(&superusers),
            "this invitation grants roles or permissions that you do not hold yourself",
        ),
    ];
    for (response, detail) in table {
        assert_eq!(rejection(&response), (403, "Forbidden".to_owned(), detail.to_owned()));
    }
    assert_eq!(emails(&list(&jane)), ["boss@example.com"]);
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_rejected_with_408() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__SERVER__BODY_TIMEOUT", "1s");
    let server = setup.start();
    server.add_onward();
    let (host, token) = (host(&server), server.token(Some("onward"), "jane@example.com"));
    let reply = Wire::to(&server).send(&format!(
        "POST /invitations HTTP/1.1\nHost: {host}\nFastly-Key: {token}\nContent-Length: 100\n\n{{\"data\":"
    ));
    let head = "HTTP/1.1 408 Request Timeout\ncache-control: no-store\nconnection: close\ncontent-type: application/json\n";
    assert!(reply.text().starts_with(head), "{reply:?}");
    assert_eq!(reply.body, r#"{"msg":"Request timeout","detail":"the request body did not arrive in time"}"#);
}

#[test]
fn an_unusable_code_is_rejected_with_the_reason() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let accept = |code: &str, body: &str| {
        let request = server.client.request(Method::PUT, &format!("/invitation/accept/{code}"));
        rejection(&send(request.body(body.to_owned())))
    };
    let joe = invited(&jane, "joe@example.com");
    let code = acceptance_code(&server, "joe@example.com");
    let newcomer = r#"{"name":"Joe","password":"correct horse"}"#;
    let (status, msg, detail) = accept(&code, "{}");
    assert_eq!((status, msg.as_str()), (400, "Bad request"));
    assert!(detail.contains("name ") && detail.contains("; password "), "{detail}");
    let (secure_id, key) = code.split_once('.').unwrap();
    for wrong in ["x", secure_id, &format!("{secure_id}."), &format!("{secure_id}.x{key}")] {
        let (status, msg, _) = accept(wrong, newcomer);
        assert_eq!((status, msg.as_str()), (404, "Record not found"), "{wrong}");
    }
    jane.delete(&path(&joe)).expect(204);
    let (status, msg, _) = accept(&code, newcomer);
    assert_eq!((status, msg.as_str()), (410, "Gone"));
}

/// The token is checked first, so a stranger learns nothing about a body or an id.
#[test]
fn unknown_access_tokens_are_rejected_before_the_request_is_checked() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let stranger = server.client.with_token("0123456789abcdefghijABCDEFGHIJxy");
    let mistakes = [
        stranger.post_text("/invitations", "application/json", "null"),
        stranger.delete("/invitations/x"),
        stranger.get("/invitations?page[size]=0"),
        stranger.get("/service-authorizations?page[number]=x"),
    ];
    for response in mistakes {
        assert_eq!(unauthorized(&response), "this access token is not known, has expired or was revoked");
    }
}

/// Clients that leave out an id request these paths and read `msg`.
#[test]
fn unknown_paths_are_rejected_in_fastlys_form() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for path in
        ["/invitations/", "/invitations/a/b", "/invitation/accept/", "/current_user/", "/invitation/x"]
    {
        for response in [jane.get(path), jane.delete(path)] {
            let (status, msg, _) = rejection(&response);
            assert_eq!((status, msg.as_str()), (404, "Record not found"), "{path}");
        }
    }
}
