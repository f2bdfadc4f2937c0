//! Request bodies: accepted forms, defaults and rejections.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    JSON_API, create, document, list, path, rejection,
    wire::{Wire, host},
};
use crate::harness::{Backend, Client, Response, Setup, send};

/// An invitation of a user with these additional attributes.
fn with(email: &str, attributes: &Value) -> Value {
    let mut body = document(email, "user");
    for (name, value) in attributes.as_object().unwrap() {
        body["data"]["attributes"][name] = value.clone();
    }
    body
}

#[test]
fn every_content_type_is_accepted() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let types = [
        JSON_API,
        "application/json",
        "application/vnd.api+json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/vnd.api+json; ext=\"https://jsonapi.org/ext/atomic\"",
        "Application/JSON",
        "application/x-www-form-urlencoded",
    ];
    for (n, kind) in types.iter().enumerate() {
        let body = document(&format!("p{n}@example.com"), "user").to_string();
        let created = jane.post_text("/invitations", kind, &body);
        assert_eq!(created.status.as_u16(), 200, "{kind}: {created:?}");
    }
    let body = document("bare@example.com", "user").to_string();
    send(jane.request(Method::POST, "/invitations").body(body)).expect(200);
}

#[test]
fn missing_and_null_members_have_their_defaults() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let least = json!({ "data": { "attributes": { "email": "a@example.com" } } });
    let nulls = json!({ "data": {
        "type": null,
        "attributes": {
            "email": "b@example.com", "limit_services": null, "role": null, "roles": null, "status_code": null,
        },
        "relationships": { "customer": null, "service_invitations": { "data": null } },
    } });
    let empty = json!({ "data": {
        "attributes": { "email": "c@example.com", "roles": [] },
        "relationships": { "service_invitations": { "data": [] } },
    } });
    for body in [&least, &nulls, &empty] {
        let created = create(&jane, body).expect(200).json();
        let shown = ["limit_services", "role", "roles", "status_code", "deleted_at"];
        let shown = shown.map(|name| &created["data"]["attributes"][name]);
        assert_eq!(json!(shown), json!([false, "user", ["user"], 1, null]), "{body}");
    }
}

#[test]
fn role_and_roles_are_granted_together() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let table = [
        (json!({ "role": "tls_viewer" }), "tls_viewer", json!(["tls_viewer"])),
        (json!({ "role": "superuser" }), "superuser", json!(["superuser"])),
        (json!({ "role": "billing", "roles": ["tls_admin"] }), "tls_admin", json!(["billing", "tls_admin"])),
        (json!({ "role": null, "roles": ["Auditor"] }), "user", json!(["Auditor"])),
    ];
    for (n, (attributes, role, roles)) in table.into_iter().enumerate() {
        let created = create(&jane, &with(&format!("p{n}@example.com"), &attributes)).expect(200).json();
        let shown = &created["data"]["attributes"];
        assert_eq!((&shown["role"], &shown["roles"]), (&json!(role), &roles));
    }
}

#[test]
fn the_status_code_is_1_as_number_or_text() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for (n, code) in [json!(1), json!("1"), Value::Null].into_iter().enumerate() {
        let body = with(&format!("p{n}@example.com"), &json!({ "status_code": code }));
        let created = create(&jane, &body).expect(200);
        assert!(created.body.contains(r#""status_code":1,"#), "{}", created.body);
    }
    for code in [json!(0), json!("0"), json!(2), json!(true)] {
        let body = with("joe@example.com", &json!({ "status_code": code }));
        let (status, msg, detail) = rejection(&create(&jane, &body));
        assert_eq!((status, msg.as_str()), (400, "Bad request"), "{code}");
        assert!(detail.starts_with("data.attributes.status_code must be 1 or left out"), "{detail}");
    }
}

#[test]
fn the_token_decides_the_customer() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let own = jane.get("/current_user").expect(200).json()["customer_id"].clone();
    server.add_account("upside", "Upside");
    server.add_member("upside", "eve@example.com", &["superuser"], None);
    let eve = server.client_of("upside", "eve@example.com");
    let foreign = eve.get("/current_user").expect(200).json()["customer_id"].clone();
    assert_ne!(own, foreign);
    let named = |id: &Value| json!({ "type": "customer", "id": id });
    let customers = [
        json!({ "data": named(&own) }),
        json!({ "data": named(&foreign) }),
        json!({ "data": [named(&foreign)] }),
        json!([named(&foreign)]),
        json!({ "data": null }),
        Value::Null,
    ];
    for (n, customer) in customers.iter().enumerate() {
        let mut body = document(&format!("p{n}@example.com"), "user");
        body["data"]["relationships"] = json!({ "customer": customer });
        let created = create(&jane, &body).expect(200).json();
        assert_eq!(created["data"]["relationships"]["customer"]["data"], named(&own), "{customer}");
    }
    assert_eq!(list(&eve)["meta"]["record_count"], 0);
}

#[test]
fn invalid_bodies_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let attributes =
        |text: &str| format!(r#"{{"data":{{"attributes":{{"email":"joe@example.com",{text}}}}}}}"#);
    let service = |item: &str| {
        let list = format!(r#"{{"service_invitations":{{"data":[{item}]}}}}"#);
        format!(r#"{{"data":{{"attributes":{{"email":"joe@example.com"}},"relationships":{list}}}}}"#)
    };
    let table: &[(String, &str)] = &[
        // The body that fastly-rust sends without an invitation.
        ("null".to_owned(), "the request body must be one JSON object: it is null"),
        ("[]".to_owned(), "it is a list"),
        ("email=joe%40example.com".to_owned(), "the request body must be one JSON object"),
        (r#"{"data":{"attributes":{"email":"joe@example.com"}}} x"#.to_owned(), "trailing characters"),
        (r#"{"data":{"attributes":{"email":"joe@example.com"}}"#.to_owned(), "EOF"),
        (attributes(r#""role":"user","role":"billing""#), r#"the key "role" is there twice"#),
        ("{}".to_owned(), "data is missing"),
        (r#"{"data":[]}"#.to_owned(), "data must be an object, not a list"),
        (
            r#"{"data":{"type":"invitations","attributes":{"email":"joe@example.com"}}}"#.to_owned(),
            "data.type ",
        ),
        (r#"{"data":{"attributes":{}}}"#.to_owned(), "data.attributes.email is missing"),
        (r#"{"data":{"attributes":{"email":7}}}"#.to_owned(), "data.attributes.email must be a string"),
        (
            r#"{"data":{"attributes":{"email":"joe"}}}"#.to_owned(),
            "data.attributes.email must be one e-mail address",
        ),
        (attributes(r#""limit_services":"true""#), "data.attributes.limit_services must be true or false"),
        (attributes(r#""role":"wizard""#), "data.attributes.role must be one of user, tls_viewer, tls_admin"),
        (attributes(r#""role":1"#), "data.attributes.role must be one of"),
        (attributes(r#""roles":"user""#), "data.attributes.roles must be an array"),
        (attributes(r#""roles":["4hFjG1cZq0Yt7nPp2LkVb3"]"#), "data.attributes.roles[0] must be one of"),
        (service("7"), "service_invitations.data[0] must be an object"),
        (service("{}"), "data[0].relationships.service is missing"),
        (service(r#"{"relationships":{"service":{"data":{}}}}"#), "service.data.id is missing"),
        (
            service(r#"{"attributes":{"permission":"all"},"relationships":{"service":{"id":"S"}}}"#),
            "data[0].attributes.permission must be one of full, read_only, purge_select, purge_all",
        ),
    ];
    for (text, expected) in table {
        let (status, msg, detail) = rejection(&jane.post_text("/invitations", JSON_API, text));
        assert_eq!((status, msg.as_str()), (400, "Bad request"), "{text}");
        assert!(detail.contains(expected), "{text}: {detail}");
    }
    assert_eq!(list(&jane)["meta"]["record_count"], 0);
    assert_eq!(server.scene.read(|tx| tx.next_mail_due()), None, "no mail was queued");
}

/// The request that fastly-py and fastly-js send without an invitation.
#[test]
fn an_empty_body_is_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    let (host, token) = (host(&server), server.token(Some("onward"), "jane@example.com"));
    let reply = Wire::to(&server).send(&format!(
        "POST /invitations HTTP/1.1\nHost: {host}\nFASTLY-KEY: {token}\nContent-Type: {JSON_API}\n\
         Content-Length: 0\n\n"
    ));
    assert!(reply.text().starts_with("HTTP/1.1 400 Bad Request\n"), "{reply:?}");
    let expected =
        r#"{"msg":"Bad request","detail":"the request body must be one JSON object: it is empty"}"#;
    assert_eq!(reply.body, expected);
}

#[test]
fn a_body_has_at_most_64_kib() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let padded = |size: usize| {
        let body = document("joe@example.com", "user").to_string();
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    let large = jane.post_text("/invitations", JSON_API, &padded(64 * 1024 + 1));
    let expected = (413, "Request body too large".to_owned());
    let (status, msg, detail) = rejection(&large);
    assert_eq!((status, msg), expected);
    assert!(detail.contains("65536"), "{detail}");
    jane.post_text("/invitations", JSON_API, &padded(64 * 1024)).expect(200);
}

#[test]
fn the_accept_header_is_ignored() {
    let setup = Setup::new(Backend::sqlite()).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    let ask = |client: &Client, method: Method, path: &str, accept: &str, body: &str| -> Response {
        send(client.request(method, path).header("Accept", accept).body(body.to_owned()))
    };
    for accept in ["text/html", "image/png;q=1", "application/vnd.api+json;q=0", "*/*;q=0", "", "nonsense"] {
        let body = document("joe@example.com", "user").to_string();
        let created = ask(&jane, Method::POST, "/invitations", accept, &body).expect(200);
        assert_eq!(created.header("content-type"), JSON_API, "{accept}");
        let id = created.json()["data"]["id"].as_str().unwrap().to_owned();
        ask(&jane, Method::GET, "/invitations", accept, "").expect(200);
        ask(&jane, Method::GET, "/current_user", accept, "").expect(200);
        ask(&jane, Method::DELETE, &path(&id), accept, "").expect(204);
        let missing = ask(&jane, Method::DELETE, &path(&id), accept, "");
        assert_eq!(rejection(&missing).0, 404, "{accept}");
    }
}
