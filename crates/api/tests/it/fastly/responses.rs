//! Successful responses, and how a list changes during an invitation's life.

use super::{JSON_API, acceptance_code, create, document, emails, invited, list, path, rejection, stored};
use crate::harness::{Backend, Setup, invitation_body, on_both_databases, send};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use usher_testbed::{InvitationResponse, violated_rules};

on_both_databases!(
    an_expired_invitation_leaves_the_list,
    a_resent_invitation_stays_on_the_list,
    an_ended_invitation_leaves_the_list,
);

#[test]
fn responses_satisfy_the_strictest_clients() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let mut limited = document("a@example.com", "engineer");
    let service = json!({ "attributes": {}, "relationships": { "service": { "id": "S" } } });
    limited["data"]["relationships"] = json!({ "service_invitations": { "data": [service] } });
    for body in [&limited, &document("b@example.com", "superuser")] {
        let created = create(&jane, body).expect(200).json();
        assert_eq!(violated_rules(InvitationResponse::Created, &created), Vec::<String>::new(), "{created}");
    }
    let landscape: [&[&str]; 3] =
        [&["GlobalAdmin"], &["Auditor", "SupportAnalyst"], &["tls_viewer", "billing"]];
    for (n, roles) in landscape.iter().enumerate() {
        let email = format!("landscape{n}@example.com");
        jane.post("/api/v2/invitations", &invitation_body("Joe", &email, roles)).expect(200);
    }
    let listed = list(&jane);
    assert_eq!(violated_rules(InvitationResponse::Listed, &listed), Vec::<String>::new(), "{listed}");
    let shown = |item: &Value| json!([item["attributes"]["role"], item["attributes"]["roles"]]);
    let shown: Vec<Value> = listed["data"].as_array().unwrap().iter().map(shown).collect();
    let expected = [
        json!(["billing", ["billing", "tls_viewer"]]),
        json!(["user", ["Auditor", "SupportAnalyst"]]),
        json!(["superuser", ["GlobalAdmin"]]),
        json!(["superuser", ["superuser"]]),
        json!(["engineer", ["engineer"]]),
    ];
    assert_eq!(shown, expected, "the newest first");
}

#[test]
fn times_are_in_whole_seconds() {
    let setup = Setup::new(Backend::sqlite());
    setup.advance(TimeDelta::microseconds(999_999));
    let server = setup.start();
    let jane = server.add_onward();
    let created = create(&jane, &document("joe@example.com", "user")).expect(200);
    let moment = "2024-03-20T14:49:25Z";
    let expected = format!(r#""created_at":"{moment}","updated_at":"{moment}","deleted_at":null}}"#);
    assert!(created.body.contains(&expected), "{}", created.body);
    assert!(jane.get("/invitations").body.contains(&expected), "stored in microseconds, shown in seconds");
    let me = jane.get("/current_user").expect(200);
    assert!(me.body.ends_with(&expected), "{}", me.body);
}

#[test]
fn an_address_is_shown_as_it_was_typed() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let typed = "Mina.O'Roe+Ops@Example.ORG";
    let created = create(&jane, &document(typed, "user")).expect(200).json();
    assert_eq!(created["data"]["attributes"]["email"], typed);
    assert_eq!(emails(&list(&jane)), [typed]);
}

#[test]
fn head_returns_the_headers_of_get() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    invited(&jane, "joe@example.com");
    for path in ["/invitations", "/current_user", "/service-authorizations"] {
        let got = jane.get(path).expect(200);
        let head = send(jane.request(Method::HEAD, path)).expect(200);
        assert_eq!((head.body.as_str(), head.header("content-type")), ("", got.header("content-type")));
        assert_eq!(head.header("content-length"), got.body.len().to_string(), "{path}");
        assert_eq!(head.header("fastly-ratelimit-reset"), "", "{path}");
    }
}

#[test]
fn a_rejected_method_is_answered_with_the_allowed_methods() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let own = path(&invited(&jane, "joe@example.com"));
    let table: &[(Method, &str, &str)] = &[
        (Method::PUT, "/invitations", "GET, HEAD, POST"),
        (Method::DELETE, "/invitations", "GET, HEAD, POST"),
        // No operation returns a single invitation: clients search the list.
        (Method::GET, &own, "DELETE"),
        (Method::HEAD, &own, "DELETE"),
        (Method::PUT, &own, "DELETE"),
        (Method::POST, "/current_user", "GET, HEAD"),
        (Method::DELETE, "/service-authorizations", "GET, HEAD"),
        (Method::GET, "/invitation/accept/x", "PUT"),
    ];
    for (method, path, allowed) in table {
        let response = send(jane.request(method.clone(), path)).expect(405);
        assert_eq!(response.header("allow"), *allowed, "{method} {path}");
        if *method != Method::HEAD {
            assert_eq!(rejection(&response).1, "Method not allowed");
        }
    }
    assert_eq!(emails(&list(&jane)), ["joe@example.com"]);
}

fn an_expired_invitation_leaves_the_list(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let id = invited(&server.jane(), "joe@example.com");
    setup.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let jane = server.jane();
    assert_eq!(list(&jane)["data"][0]["attributes"]["status_code"], 1, "valid until the last second");
    setup.advance(TimeDelta::seconds(1));
    let listed = list(&jane);
    assert_eq!((&listed["data"], &listed["meta"]["record_count"]), (&json!([]), &json!(0)));
    // Its address can be invited again, and it can still be deleted.
    let next = invited(&jane, "JOE@example.com");
    jane.delete(&path(&id)).expect(204);
    assert_eq!(emails(&list(&jane)), ["JOE@example.com"]);
    jane.delete(&path(&next)).expect(204);
}

fn a_resent_invitation_stays_on_the_list(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let id = invited(&server.jane(), "joe@example.com");
    setup.advance(TimeDelta::days(6));
    let number = stored(&server, "joe@example.com").id;
    let resend = format!("/api/v2/invitations/{number}");
    server.jane().post(&resend, &json!({})).expect(200);
    setup.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let client = server.jane();
    let listed = list(&client);
    assert_eq!(listed["data"][0]["id"], id.as_str(), "seven days after the newer mail: {listed}");
    let shown =
        ["status_code", "created_at", "updated_at"].map(|name| &listed["data"][0]["attributes"][name]);
    assert_eq!(json!(shown), json!([1, "2024-03-20T14:49:25Z", "2024-03-26T14:49:25Z"]));
    setup.advance(TimeDelta::seconds(1));
    assert_eq!(list(&client)["data"], json!([]));
}

fn an_ended_invitation_leaves_the_list(backend: Backend) {
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    let ids = ["open", "deleted", "accepted", "declined"]
        .map(|name| invited(&jane, &format!("{name}@example.com")));
    jane.delete(&path(&ids[1])).expect(204);

    let acceptance = format!("/invitation/accept/{}", acceptance_code(&server, "accepted@example.com"));
    let newcomer = json!({ "marketing_opt_in": true, "name": "Ann", "password": "correct horse" });
    let accept = server.client.request(Method::PUT, &acceptance).body(newcomer.to_string());
    assert_eq!(send(accept).expect(200).body, r#"{"status":"ok"}"#);

    let code = acceptance_code(&server, "declined@example.com");
    let (secure_id, key) = code.split_once('.').unwrap();
    let decline = json!({ "invitation_id": secure_id, "key": key });
    server.client.post("/api/v2/reject-invitation", &decline).expect(204);

    let listed = list(&jane);
    assert_eq!(emails(&listed), ["open@example.com"]);
    assert_eq!(listed["meta"]["record_count"], 1);
    for id in &ids[1..] {
        let missing = jane.delete(&path(id));
        assert_eq!(
            rejection(&missing).2,
            format!("Cannot find invitation '{id}'"),
            "an ended invitation cannot be deleted"
        );
    }
    // The address of a deleted invitation can be invited again, and that of a declined one after thirty days. A member cannot be
    // invited.
    let again = |name: &str| create(&jane, &document(&format!("{name}@example.com"), "user"));
    assert_eq!(again("deleted").expect(200).header("content-type"), JSON_API);
    assert_eq!(again("declined").expect(403).header("retry-after"), "2592000");
    again("accepted").expect(409);
}
