//! One account in both dialects.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use usher_domain::role::BUILTIN;
use usher_testbed::{InvitationResponse, violated_rules};

use crate::harness::{
    Backend, Client, Server, Setup,
    fastly::{create, delete, document, limited, listed, rejection},
    invitation_body, on_both_databases,
};

on_both_databases!(
    fastly_shows_the_roles_of_landscapes_invitations,
    an_invitation_without_roles_is_shown_as_superuser,
    landscape_shows_fastlys_invitations,
    an_address_is_invited_once_across_dialects,
    a_link_of_fastlys_invitation_works_on_the_page,
    a_deleted_invitation_ends_its_link_in_both_dialects,
    other_accounts_see_nothing,
);

/// The account's invitations in Fastly's and in Landscape's list.
fn lists(client: &Client) -> (Vec<Value>, Vec<Value>) {
    let page = client.get("/invitations").expect(200).json();
    assert_eq!(violated_rules(InvitationResponse::Listed, &page), Vec::<String>::new(), "{page}");
    let landscape = client.get("/api/v2/invitations").expect(200).json();
    (page["data"].as_array().unwrap().clone(), landscape["results"].as_array().unwrap().clone())
}

/// Path and key of an invitation's link.
fn link(server: &Server, shown_by_landscape: &Value) -> (String, String) {
    let secure_id = shown_by_landscape["secure_id"].as_str().unwrap();
    (format!("/accept-invitation/{secure_id}"), server.link_key(secure_id, 0))
}

/// The table of the documentation: the roles of an invitation, and the one that Fastly's dialect shows.
fn documented_roles() -> Vec<(Vec<String>, String)> {
    let document = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/fastly.md"));
    let from_head = document.lines().skip_while(|line| *line != "| stored | `role` |").skip(2);
    let rows = from_head.take_while(|line| line.starts_with('|')).map(|line| {
        let plain = line.replace(['`', ' '], "");
        let (stored, role) = plain.trim_matches('|').split_once('|').unwrap();
        (stored.split(',').map(str::to_owned).collect(), role.to_owned())
    });
    let rows: Vec<_> = rows.collect();
    for role in BUILTIN {
        assert!(rows.iter().any(|(stored, _)| *stored == [role.name]), "{} is in the table", role.name);
    }
    rows
}

fn fastly_shows_the_roles_of_landscapes_invitations(backend: Backend) {
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    let customer = jane.get("/current_user").expect(200).json()["customer_id"].clone();
    for (roles, role) in documented_roles() {
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        jane.post("/api/v2/invitations", &invitation_body("Joe Wright", "Joe@Example.com", &roles))
            .expect(200);
        let (fastly, landscape) = lists(&jane);
        assert_eq!((fastly.len(), landscape.len()), (1, 1));
        let expected = json!({
            "email": "Joe@Example.com", "limit_services": false, "role": role, "roles": roles,
            "status_code": 1, "deleted_at": null,
            "created_at": "2024-03-20T14:49:25Z", "updated_at": "2024-03-20T14:49:25Z",
        });
        assert_eq!(fastly[0]["attributes"], expected);
        let customer = json!({ "id": customer, "type": "customer" });
        assert_eq!(fastly[0]["relationships"]["customer"]["data"], customer);
        assert_eq!(fastly[0]["relationships"]["service_invitations"]["data"], json!([]));
        assert_eq!(landscape[0]["email"], fastly[0]["attributes"]["email"]);
        delete(&jane, &fastly[0]).expect(204);
        jane.get(&format!("/api/v2/invitations/{}", landscape[0]["id"])).expect(404);
        assert_eq!(lists(&jane), (Vec::new(), Vec::new()));
    }
}

fn an_invitation_without_roles_is_shown_as_superuser(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &json!({ "name": "Joe", "email": "joe@example.com" })).expect(200);
    let (fastly, landscape) = lists(&jane);
    assert_json_snapshot!(fastly, @r#"
    [
      {
        "attributes": {
          "created_at": "2024-03-20T14:49:25Z",
          "deleted_at": null,
          "email": "joe@example.com",
          "limit_services": false,
          "role": "superuser",
          "roles": [
            "GlobalAdmin"
          ],
          "status_code": 1,
          "updated_at": "2024-03-20T14:49:25Z"
        },
        "id": "U7ZbkF6PVUPaeGfuNOV42O",
        "relationships": {
          "customer": {
            "data": {
              "id": "rFLQdWWYHeCNytKVpySnlR",
              "type": "customer"
            }
          },
          "service_invitations": {
            "data": []
          }
        },
        "type": "invitation"
      }
    ]
    "#);
    assert_json_snapshot!(landscape, @r#"
    [
      {
        "account": "Onward, Inc.",
        "creation_time": "2024-03-20T14:49:25Z",
        "email": "joe@example.com",
        "id": 1,
        "name": "Joe",
        "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK"
      }
    ]
    "#);
}

fn landscape_shows_fastlys_invitations(backend: Backend) {
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    for (roles, role) in documented_roles() {
        let wanted = json!({ "data": { "attributes": { "email": "joe@example.com", "roles": roles } } });
        let created = create(&jane, &wanted).expect(200).json();
        assert_eq!(violated_rules(InvitationResponse::Created, &created), Vec::<String>::new(), "{created}");
        let (fastly, landscape) = lists(&jane);
        assert_eq!((fastly.len(), landscape.len()), (1, 1));
        assert_eq!(fastly[0]["attributes"], created["data"]["attributes"]);
        let attributes = &fastly[0]["attributes"];
        assert_eq!((&attributes["role"], &attributes["roles"]), (&json!(role), &json!(roles)));
        let expected = json!({
            "id": landscape[0]["id"], "secure_id": landscape[0]["secure_id"], "account": "Onward, Inc.",
            "name": "", "email": "joe@example.com", "creation_time": "2024-03-20T14:49:25Z",
        });
        assert_eq!(landscape[0], expected);
        jane.delete(&format!("/api/v2/invitations/{}", landscape[0]["id"])).expect(204);
        assert_eq!(rejection(&delete(&jane, &fastly[0])).0, 404);
        assert_eq!(lists(&jane), (Vec::new(), Vec::new()));
    }
}

fn an_address_is_invited_once_across_dialects(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    create(&jane, &document("ann@example.com", "user")).expect(200);
    let before = lists(&jane);
    let taken = [
        ("JOE@example.com", "already has a pending invitation"),
        ("ann@EXAMPLE.com", "already has a pending invitation"),
        ("jane@example.com", "already a member"),
    ];
    for (email, why) in taken {
        let (status, msg, detail) = rejection(&create(&jane, &document(email, "user")));
        assert_eq!((status, msg.as_str()), (409, "Duplicate record"), "{email}");
        assert!(detail.contains(why), "{detail}");
        let landscape = jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"]));
        let (status, error, message) = landscape.problem();
        assert_eq!((status, error.as_str()), (400, "RepeatedInvitation"), "{email}");
        assert!(message.contains(why), "{message}");
    }
    assert_eq!(lists(&jane), before);
}

/// The page of an invitation without a name, and the member after its acceptance.
fn a_link_of_fastlys_invitation_works_on_the_page(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    create(&jane, &limited("joe@example.com", "engineer", &[("A", "purge_all")])).expect(200);
    let (path, key) = link(&server, &lists(&jane).1[0]);
    let page = server.client.get(&format!("{path}?key={key}")).expect(200);
    for words in ["Onward, Inc.", "Engineer"] {
        assert!(page.body.contains(words), "{}", page.body);
    }
    let secure_id = path.rsplit('/').next().unwrap();
    let summary = server.client.get(&format!("/api/v2/invitations/{secure_id}/summary")).expect(200).json();
    assert_eq!(summary["account_title"], "Onward, Inc.");
    let form = [
        ("key", key.as_str()),
        ("action", "accept"),
        ("name", "Joe Wright"),
        ("password", "plum drizzle kettle"),
    ];
    server.client.post_form(&path, &form).expect(200);
    let joe = server.client.with_key(&server.token(Some("onward"), "joe@example.com"));
    let user = joe.get("/current_user").expect(200).json();
    let shown = ["name", "role", "limit_services"].map(|name| &user[name]);
    assert_eq!(json!(shown), json!(["Joe Wright", "engineer", true]));
    let services = joe.get("/service-authorizations").expect(200).json();
    assert_eq!(services["data"][0]["attributes"]["permission"], "purge_all");
    assert_eq!(lists(&jane), (Vec::new(), Vec::new()));
}

fn a_deleted_invitation_ends_its_link_in_both_dialects(backend: Backend) {
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    let gone = |path: &str, key: &str| {
        let form = [("key", key), ("action", "accept"), ("name", "Joe"), ("password", "plum drizzle kettle")];
        for page in [server.client.get(&format!("{path}?key={key}")), server.client.post_form(path, &form)] {
            let page = page.expect(410);
            assert!(page.body.contains("withdrawn"), "{}", page.body);
        }
        let code = format!("{}.{key}", path.rsplit('/').next().unwrap());
        let accept = json!({ "name": "Joe", "password": "plum drizzle kettle" });
        server.client.put(&format!("/invitation/accept/{code}"), &accept).expect(410);
    };
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    let (fastly, landscape) = lists(&jane);
    let (path, key) = link(&server, &landscape[0]);
    delete(&jane, &fastly[0]).expect(204);
    gone(&path, &key);

    create(&jane, &document("joe@example.com", "user")).expect(200);
    let (_, landscape) = lists(&jane);
    let (path, key) = link(&server, &landscape[0]);
    jane.delete(&format!("/api/v2/invitations/{}", landscape[0]["id"])).expect(204);
    gone(&path, &key);
}

fn other_accounts_see_nothing(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    create(&jane, &document("ann@example.com", "user")).expect(200);
    server.add_account("upside", "Upside");
    server.add_member("upside", "eve@example.com", &["superuser"], None);
    let eve = server.client_of("upside", "eve@example.com");
    assert_eq!(lists(&eve), (Vec::new(), Vec::new()));
    let (fastly, landscape) = lists(&jane);
    for item in &fastly {
        let id = item["id"].as_str().unwrap();
        let unknown = format!("Cannot find invitation '{id}'");
        assert_eq!(rejection(&delete(&eve, item)), (404, "Record not found".to_owned(), unknown));
    }
    for item in &landscape {
        let path = format!("/api/v2/invitations/{}", item["id"]);
        assert_eq!(eve.delete(&path).problem().0, 404);
        assert_eq!(eve.post(&path, &json!({})).problem().0, 404);
    }
    // Another account can invite the same address.
    create(&eve, &document("joe@example.com", "user")).expect(200);
    assert_eq!(listed(&eve).len(), 1);
    assert_eq!(lists(&jane), (fastly, landscape));
}
