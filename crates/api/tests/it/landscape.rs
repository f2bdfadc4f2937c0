//! Landscape's dialect, byte for byte where its reference shows bodies.

use chrono::TimeDelta;
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::json;

use crate::harness::{Backend, Setup, invitation_body, on_both_databases, send};

on_both_databases!(
    invitations_have_the_form_of_the_reference,
    a_login_returns_a_token_and_the_accounts,
    a_verified_address_accepts_without_a_key,
    lists_are_paginated_by_limit_and_offset,
    invitations_of_other_accounts_are_unknown
);

fn invitations_have_the_form_of_the_reference(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let empty = jane.get("/api/v2/invitations").expect(200);
    assert_snapshot!(empty.body, @r#"{"count":0,"results":[],"next":null,"previous":null}"#);
    assert_eq!(empty.header("content-type"), "application/json");
    assert_eq!(empty.header("cache-control"), "no-store");
    assert_eq!(empty.header("x-content-type-options"), "nosniff");
    assert!(!empty.header("x-request-id").is_empty());

    let joe = invitation_body("Joe Wright", "joe@example.com", &["Auditor"]);
    let created = jane.post("/api/v2/invitations", &joe).expect(200);
    assert_snapshot!(created.body, @r#"{"id":1,"secure_id":"3urZgWAW0Nzwa3IyIn113YloILvnqK"}"#);
    let ted = json!({ "name": "Ted Support", "email": "ted@example.com" });
    jane.post("/api/v2/invitations", &ted).expect(200);
    assert_snapshot!(jane.get("/api/v2/invitations").expect(200).body, @r#"{"count":2,"results":[{"id":1,"secure_id":"3urZgWAW0Nzwa3IyIn113YloILvnqK","account":"Onward, Inc.","name":"Joe Wright","email":"joe@example.com","creation_time":"2024-03-20T14:49:25Z"},{"id":2,"secure_id":"MYiuiL7mNgGCuPHV1ABbQFYhxa2osX","account":"Onward, Inc.","name":"Ted Support","email":"ted@example.com","creation_time":"2024-03-20T14:49:25Z"}],"next":null,"previous":null}"#);
    assert_snapshot!(jane.get("/api/v2/invitations/2").expect(200).body, @r#"{"id":2,"secure_id":"MYiuiL7mNgGCuPHV1ABbQFYhxa2osX","account":"Onward, Inc.","name":"Ted Support","email":"ted@example.com","creation_time":"2024-03-20T14:49:25Z"}"#);

    let secure_id = created.json()["secure_id"].as_str().unwrap().to_owned();
    let summary = server.client.get(&format!("/api/v2/invitations/{secure_id}/summary")).expect(200);
    assert_snapshot!(summary.body, @r#"{"account_title":"Onward, Inc.","secure_id":"3urZgWAW0Nzwa3IyIn113YloILvnqK"}"#);

    // Without roles the invitation grants GlobalAdmin, so an auditor does not see its secure id.
    server.add_member("onward", "aud@example.com", &["Auditor"], None);
    let auditor = server.client_of("onward", "aud@example.com");
    assert_eq!(auditor.get("/api/v2/invitations/2").json()["secure_id"], "");
    let empty_roles = json!({ "name": "Al", "email": "al@example.com", "roles": [] });
    jane.post("/api/v2/invitations", &empty_roles).expect(200);
    jane.delete("/api/v2/invitations/3").expect(204);

    let missing = jane.get("/api/v2/invitations/4").expect(404);
    assert_snapshot!(missing.body, @r#"{"detail":null,"error":"NotFound","message":"there is no pending invitation with this id"}"#);
}

fn a_login_returns_a_token_and_the_accounts(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_account("upside", "Upside");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    server.add_member("upside", "jane@example.com", &["Auditor"], None);
    let login = |body: serde_json::Value| server.client.post("/api/v2/login", &body);
    let jane = json!({ "email": "JANE@example.com", "password": "correct horse" });
    let mut response = login(jane).expect(200).json();
    assert!(response["token"].is_string(), "{response}");
    response["token"] = json!("the token");
    assert_json_snapshot!(response, @r#"
    {
      "accounts": [
        {
          "classic_dashboard_url": "",
          "default": true,
          "name": "onward",
          "subdomain": null,
          "title": "Onward, Inc."
        },
        {
          "classic_dashboard_url": "",
          "default": false,
          "name": "upside",
          "subdomain": null,
          "title": "Upside"
        }
      ],
      "attach_code": null,
      "current_account": "onward",
      "email": "jane@example.com",
      "has_password": true,
      "identity_source": "password",
      "invitation_id": null,
      "name": "Jane Smith",
      "return_to": null,
      "self_hosted": true,
      "token": "the token"
    }
    "#);
    let upside = login(json!({
        "email": "jane@example.com", "password": "correct horse", "account": "upside", "expiry_minutes": 5,
        "invitation_id": "x",
    }));
    let upside = upside.expect(200).json();
    assert_eq!((&upside["current_account"], &upside["invitation_id"]), (&json!("upside"), &json!("x")));
    let auditor = server.client.with_token(upside["token"].as_str().unwrap());
    auditor.get("/api/v2/invitations").expect(200);
    setup.advance(TimeDelta::seconds(5 * 60 + 31));
    auditor.get("/api/v2/invitations").expect(401);

    let wrong = login(json!({ "email": "jane@example.com", "password": "wrong horse" })).expect(401);
    let unknown = login(json!({ "email": "nobody@example.com", "password": "wrong horse" })).expect(401);
    let no_address = login(json!({ "email": "nobody", "password": "wrong horse" })).expect(401);
    assert_eq!(
        (&wrong.body, &wrong.body),
        (&unknown.body, &no_address.body),
        "all causes have the same response"
    );
    assert_snapshot!(wrong.body, @r#"{"detail":null,"error":"Unauthorized","message":"the e-mail address or the password is wrong"}"#);
    let foreign = json!({ "email": "jane@example.com", "password": "correct horse", "account": "none" });
    login(foreign).expect(403);
    let pam = login(json!({ "identity": "jane", "password": "x" })).expect(400);
    assert!(pam.problem().2.contains("email"));
    let long = json!({ "email": "jane@example.com", "password": "correct horse", "expiry_minutes": 43_201 });
    assert!(login(long).problem().2.contains("expiry_minutes must be a whole number from 1 to 43200"));
}

/// A principal without a membership in the account can accept: a key or a verified address proves the mailbox.
fn a_verified_address_accepts_without_a_key(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    let secure_id = created.json()["secure_id"].clone();
    let accept = json!({ "invitation_id": secure_id });
    let inviter = jane.post("/api/v2/accept-invitation", &accept);
    assert_eq!(inviter.problem().0, 403);
    assert_eq!(inviter.problem().1, "MailboxNotProven");
    assert!(inviter.problem().2.contains("j***@example.com"), "masked: {}", inviter.body);

    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "joe@example.com", &["user"], None);
    let joe = server.client.with_token(server.token(None, "joe@example.com"));
    let accepted = joe.post("/api/v2/accept-invitation", &accept).expect(200);
    assert_eq!(accepted.body, r#"{"account_id":1,"account_title":"Onward, Inc."}"#);
    assert_eq!(joe.post("/api/v2/accept-invitation", &accept).problem().1, "InvitationAccepted");
    let stranger = json!({ "invitation_id": "x".repeat(30) });
    let unknown = joe.post("/api/v2/accept-invitation", &stranger).expect(404);
    let used = jane.post("/api/v2/accept-invitation", &accept).expect(404);
    assert_eq!(unknown.body, used.body, "for strangers, an accepted invitation is unknown");
    assert_eq!(joe.post("/api/v2/reject-invitation", &accept).problem().1, "InvitationEnded");
}

fn lists_are_paginated_by_limit_and_offset(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    for n in 1..=5 {
        jane.post("/api/v2/invitations", &invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]))
            .expect(200);
    }
    let link = |query: &str| json!(format!("https://usher.example.com/api/v2/invitations?{query}"));
    let part = |query: &str| jane.get(&format!("/api/v2/invitations?{query}")).expect(200).json();
    let ids = |list: &serde_json::Value| -> Vec<i64> {
        list["results"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    };
    // The link to the next page also has a cursor.
    let next = |list: &serde_json::Value| {
        list["next"].as_str().unwrap().split_once("&cursor=").unwrap().0.to_owned()
    };
    let first = part("limit=2");
    assert_eq!((ids(&first), &first["count"]), (vec![1, 2], &json!(5)));
    assert_eq!((&json!(next(&first)), &first["previous"]), (&link("limit=2&offset=2"), &json!(null)));
    let middle = part("offset=2&limit=2&unknown=1");
    assert_eq!(ids(&middle), [3, 4]);
    assert_eq!(
        (&json!(next(&middle)), &middle["previous"]),
        (&link("limit=2&offset=4"), &link("limit=2&offset=0"))
    );
    let last = part("limit=2&offset=4");
    assert_eq!((ids(&last), &last["next"]), (vec![5], &json!(null)));
    assert_eq!(ids(&part("limit=2&offset=3")), [4, 5]);
    assert_eq!(part("limit=2&offset=3")["previous"], link("limit=2&offset=1"));
    let beyond = part("limit=2&offset=100");
    assert_eq!((ids(&beyond), &beyond["count"]), (vec![], &json!(5)));
    let rest = part("offset=3");
    assert_eq!((ids(&rest), &rest["count"], &rest["next"]), (vec![4, 5], &json!(5), &json!(null)));
    let followed = first["next"].as_str().unwrap().split_once('?').unwrap().1;
    assert_eq!(part(followed)["results"], middle["results"]);
    assert_eq!(part(followed)["previous"], link("limit=2&offset=0"));
    // An invitation that ended in between causes neither a repetition nor a gap.
    jane.delete("/api/v2/invitations/1").expect(204);
    assert_eq!((ids(&part(followed)), ids(&part("limit=2&offset=2"))), (vec![3, 4], vec![4, 5]));
    let unknown = jane.get(&format!("/api/v2/invitations?limit=2&cursor={}", "x".repeat(22))).problem();
    assert_eq!((unknown.0, unknown.2.contains("begin with the first page")), (400, true), "{unknown:?}");
    assert_eq!(jane.get("/api/v2/invitations?cursor=short").problem().0, 400);
    for bad in ["limit=0", "limit=-1", "limit=x", "limit=1001", "limit=", "offset=-1", "offset=1.5"] {
        let (status, _, message) = jane.get(&format!("/api/v2/invitations?{bad}")).problem();
        assert_eq!(status, 400, "{bad}");
        assert!(message.contains("must be a whole number"), "{message}");
    }
}

/// Every operation treats another account's invitation as unknown.
fn invitations_of_other_accounts_are_unknown(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    server.add_account("upside", "Upside");
    server.add_member("upside", "ann@example.com", &["superuser"], None);
    let ann = server.client_of("upside", "ann@example.com");
    let post = |path: &str| ann.post(path, &json!({}));
    for (foreign, unknown) in [
        (ann.get("/api/v2/invitations/1"), ann.get("/api/v2/invitations/99")),
        (ann.delete("/api/v2/invitations/1"), ann.delete("/api/v2/invitations/99")),
        (post("/api/v2/invitations/1"), post("/api/v2/invitations/99")),
    ] {
        assert_eq!((foreign.status.as_u16(), foreign.body), (404, unknown.body));
    }
    assert_eq!(ann.get("/api/v2/invitations").json()["count"], 0);
    ann.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["user"])).expect(200);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 1);
}

#[test]
fn repeated_wrong_passwords_lock_the_login() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let login = |password: &str| {
        server.client.post("/api/v2/login", &json!({ "email": "Jane@example.com", "password": password }))
    };
    // Texts that cannot be a password are wrong but do not count.
    (0..20).for_each(|_| drop(login(&"x".repeat(257)).expect(401)));
    for _ in 0..10 {
        login("wrong horse").expect(401);
    }
    let rejected = login("correct horse").expect(429);
    assert_eq!((rejected.header("retry-after"), rejected.problem().1.as_str()), ("900", "TooManyRequests"));
    setup.advance(TimeDelta::minutes(15));
    login("correct horse").expect(200);
}

#[test]
fn a_token_expires_at_the_latest_when_configured() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__AUTH__TOKEN_LIFETIME", "5m");
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let long = json!({ "email": "jane@example.com", "password": "correct horse", "expiry_minutes": 43_200 });
    let login = server.client.post("/api/v2/login", &long).expect(200).json();
    let jane = server.client.with_token(login["token"].as_str().unwrap());
    jane.get("/api/v2/invitations").expect(200);
    setup.advance(TimeDelta::seconds(5 * 60 + 31));
    jane.get("/api/v2/invitations").expect(401);
}

#[test]
fn concurrent_wrong_passwords_lock_the_login() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let wrong = json!({ "email": "jane@example.com", "password": "wrong horse" });
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let login = || server.client.post("/api/v2/login", &wrong).status.as_u16();
        let threads: Vec<_> = (0..24).map(|_| scope.spawn(login)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let wrong = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(wrong, 10, "the other attempts are rejected: {statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429, 503].contains(status)), "{statuses:?}");
}

/// A caller who proves the mailbox learns how the invitation ended.
#[test]
fn each_end_of_an_invitation_has_its_code() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let invite = |email: &str| {
        let created =
            jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"])).expect(200).json();
        (created["id"].as_i64().unwrap(), created["secure_id"].as_str().unwrap().to_owned())
    };
    let key = |secure_id: &str, generation: u32| server.link_key(secure_id, generation);
    let code = |path: &str, secure_id: &str, key: &str| {
        let (status, code, _) = jane.post(path, &json!({ "invitation_id": secure_id, "key": key })).problem();
        (status, code)
    };
    let (accept, reject) = ("/api/v2/accept-invitation", "/api/v2/reject-invitation");
    let gone = |code: &str| (410, code.to_owned());

    let (_, declined) = invite("a@example.com");
    assert_eq!(code(accept, &declined, &key(&declined, 0)), (409, "AlreadyMember".to_owned()));
    let refuse = json!({ "invitation_id": declined, "key": key(&declined, 0) });
    server.client.post(reject, &refuse).expect(204);
    assert_eq!(code(accept, &declined, &key(&declined, 0)), gone("InvitationDeclined"));
    assert_eq!(code(reject, &declined, &key(&declined, 0)), gone("InvitationEnded"));

    let (id, revoked) = invite("b@example.com");
    jane.delete(&format!("/api/v2/invitations/{id}")).expect(204);
    assert_eq!(code(accept, &revoked, &key(&revoked, 0)), gone("InvitationRevoked"));

    let (id, replaced) = invite("c@example.com");
    setup.advance(TimeDelta::minutes(1));
    jane.post(&format!("/api/v2/invitations/{id}"), &json!({})).expect(200);
    assert_eq!(code(accept, &replaced, &key(&replaced, 0)), gone("InvitationReplaced"));
    assert_eq!(code(reject, &replaced, &key(&replaced, 0)), gone("InvitationReplaced"));
    assert_eq!(code(accept, &replaced, &key(&replaced, 9)), (403, "MailboxNotProven".to_owned()));
}

/// The inviter's rights ended between invitation and acceptance.
#[test]
fn an_invitation_of_a_removed_inviter_is_rejected_with_403() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    let accept = json!({ "invitation_id": created.json()["secure_id"] });
    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "joe@example.com", &["user"], None);
    server.remove_member("onward", "jane@example.com");
    let joe = server.client.with_token(server.token(None, "joe@example.com"));
    let rejected = joe.post("/api/v2/accept-invitation", &accept);
    assert_eq!((rejected.problem().0, rejected.problem().1.as_str()), (403, "Forbidden"));
    assert!(rejected.problem().2.contains("ask another administrator"));
}

#[test]
fn strict_mode_requires_a_json_content_type() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__LANDSCAPE__STRICT_CONTENT_TYPE", "true");
    let server = setup.start();
    let jane = server.add_onward();
    let text = invitation_body("Joe", "joe@example.com", &["Auditor"]).to_string();
    let rejected = jane.post_text("/api/v2/invitations", "application/x-www-form-urlencoded", &text);
    let (status, error, message) = rejected.problem();
    assert_eq!((status, error.as_str()), (415, "UnsupportedMediaType"));
    assert!(message.contains("Content-Type: application/json"));
    let bare = jane.request(reqwest::Method::POST, "/api/v2/invitations").body(text.clone());
    send(bare).expect(415);
    let declared = jane.post_text("/api/v2/invitations", "Application/JSON; charset=utf-8", &text);
    declared.expect(200);
    jane.delete("/api/v2/invitations/1").expect(204);
}

#[test]
fn every_content_type_is_accepted_by_default() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    for (n, kind) in
        ["application/json", "application/x-www-form-urlencoded", "text/plain"].iter().enumerate()
    {
        let text = invitation_body("Joe", &format!("p{n}@example.com"), &["Auditor"]).to_string();
        jane.post_text("/api/v2/invitations", kind, &text).expect(200);
    }
    let text = invitation_body("Joe", "p9@example.com", &["Auditor"]).to_string();
    send(jane.request(reqwest::Method::POST, "/api/v2/invitations").body(text)).expect(200);
}

#[test]
fn possession_of_the_link_suffices_if_configured() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__INVITATIONS__ACCEPTANCE", "possession");
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "ann@example.com", &["user"], None);
    let ann = server.client.with_token(server.token(None, "ann@example.com"));
    let accept = json!({ "invitation_id": created.json()["secure_id"] });
    ann.post("/api/v2/accept-invitation", &accept).expect(200);
}

#[test]
fn unknown_paths_and_methods_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    assert_eq!(jane.get("/api/v2/nothing").problem().0, 404);
    assert_eq!(jane.get("/api/v2/invitations/").problem().0, 404);
    let put = send(jane.request(reqwest::Method::PUT, "/api/v2/invitations").body("{}"));
    assert_eq!(put.problem().1, "MethodNotAllowed");
    assert_eq!(put.status.as_u16(), 405);
    let head = send(jane.request(reqwest::Method::HEAD, "/api/v2/invitations")).expect(200);
    assert_eq!(head.body, "");
    for id in ["0", "-1", "x", "1.0", "99999999999999999999", "%2F", "1%20"] {
        jane.get(&format!("/api/v2/invitations/{id}")).expect(404);
        jane.delete(&format!("/api/v2/invitations/{id}")).expect(404);
    }
    for id in ["x", &"x".repeat(29), &"x".repeat(31), "%00"] {
        server.client.get(&format!("/api/v2/invitations/{id}/summary")).expect(404);
    }
}
