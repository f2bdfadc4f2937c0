//! Invitations: bodies, pagination, and other accounts.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Backend, Setup, invitation_body, on_both_databases};

on_both_databases!(
    invitations_have_the_form_of_the_reference,
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
    // An invitation that ends between two pages causes neither a repetition nor a gap.
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
