//! Service invitations in each shape that Fastly's clients send, as stored.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use usher_domain::role::{Grant, ServicePermission};

use super::{create, document, list, stored};
use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(services_are_stored_from_every_shape);

fn services(grant: &Grant) -> Vec<(&str, ServicePermission)> {
    grant.services().iter().map(|granted| (granted.service.as_str(), granted.permission)).collect()
}

fn services_are_stored_from_every_shape(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let linked = json!({ "data": { "type": "service", "id": "SVC" } });
    let bare = json!({ "type": "service", "id": "SVC" });
    let item = |service: &Value, permission: Value| {
        let attributes = json!({ "permission": permission });
        json!({ "type": "service_invitation", "attributes": attributes, "relationships": { "service": service } })
    };
    let untyped = json!({ "attributes": {}, "relationships": { "service": { "id": "SVC" } } });
    let shapes = [
        ("a@example.com", item(&linked, json!("purge_all")), ServicePermission::PurgeAll),
        ("b@example.com", json!({ "data": item(&bare, json!("read_only")) }), ServicePermission::ReadOnly),
        ("c@example.com", item(&bare, json!("purge_select")), ServicePermission::PurgeSelect),
        ("d@example.com", json!({ "data": item(&linked, json!("full")) }), ServicePermission::Full),
        ("e@example.com", json!({ "data": untyped }), ServicePermission::Full),
        ("f@example.com", item(&linked, Value::Null), ServicePermission::Full),
    ];
    for (email, shape, permission) in &shapes {
        let mut body = document(email, "engineer");
        body["data"]["attributes"].as_object_mut().unwrap().remove("limit_services");
        body["data"]["relationships"] = json!({ "service_invitations": { "data": [shape] } });
        let created = create(&jane, &body).expect(200).json();
        assert_eq!(created["data"]["attributes"]["limit_services"], true, "{shape}");
        let grant = stored(&server, email).grant;
        assert_eq!((services(&grant), grant.limit_services()), (vec![("SVC", *permission)], true), "{shape}");
    }
    let listed = list(&jane);
    let linkage = |item: &Value| item["relationships"]["service_invitations"]["data"].clone();
    let links: Vec<Value> = listed["data"].as_array().unwrap().iter().map(linkage).collect();
    let one =
        |links: &&Value| links.as_array().unwrap().len() == 1 && links[0]["type"] == "service_invitation";
    assert_eq!(links.iter().filter(one).count(), shapes.len(), "{listed}");
    let ids: BTreeSet<&str> = links.iter().map(|links| links[0]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), shapes.len(), "one service in six invitations is six service invitations");
}

#[test]
fn shapes_can_be_mixed_and_the_limit_can_be_unset() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let mut body = document("joe@example.com", "user");
    body["data"]["relationships"] = json!({ "service_invitations": { "data": [
        { "data": { "relationships": { "service": { "id": "B" } } } },
        { "relationships": { "service": { "data": { "id": "A" } } }, "attributes": { "permission": "read_only" } },
    ] } });
    create(&jane, &body).expect(200);
    let grant = stored(&server, "joe@example.com").grant;
    let expected = vec![("A", ServicePermission::ReadOnly), ("B", ServicePermission::Full)];
    assert_eq!((services(&grant), grant.limit_services()), (expected, false));
    let listed = list(&jane);
    let links = &listed["data"][0]["relationships"]["service_invitations"]["data"];
    assert_eq!(links.as_array().map(Vec::len), Some(2));
    assert_ne!(links[0]["id"], links[1]["id"]);
    assert_eq!(list(&jane), listed, "derived ids are stable");
}
