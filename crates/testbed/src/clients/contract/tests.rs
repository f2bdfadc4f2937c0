use serde_json::{Value, json};

use super::{InvitationResponse, violated_rules};

fn list() -> Value {
    let item = json!({
        "id": "2bXr7KqVn0mTz5LcWd8Yp4",
        "type": "invitation",
        "attributes": {
            "email": "mina@example.org", "limit_services": true, "role": "engineer", "roles": ["engineer"],
            "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z", "updated_at": "2026-03-04T05:06:07Z", "deleted_at": null,
        },
        "relationships": {
            "customer": { "data": { "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky", "type": "customer" } },
            "service_invitations": { "data": [] },
        },
    });
    json!({
        "data": [item],
        "links": { "last": "https://host/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=20" },
        "meta": { "current_page": 1, "per_page": 20, "record_count": 1, "total_pages": 1 },
    })
}

/// Fastly's clients were observed to raise at these values, except for the last three: those are promises of the dialect alone.
#[test]
fn values_that_clients_cannot_read_violate_a_rule() {
    assert_eq!(violated_rules(InvitationResponse::Listed, &list()), Vec::<String>::new());
    let wrong = [
        ("/data/0/type", json!("invitations")),
        ("/data/0/id", json!(5)),
        ("/data/0/attributes/role", json!("GlobalAdmin")),
        ("/data/0/attributes/role", Value::Null),
        ("/data/0/attributes/email", Value::Null),
        ("/data/0/attributes/limit_services", Value::Null),
        ("/data/0/attributes/roles", Value::Null),
        ("/data/0/attributes/status_code", Value::Null),
        ("/data/0/attributes/status_code", json!("1")),
        ("/data/0/attributes/status_code", json!(2)),
        ("/data/0/attributes/status_code", json!(1.0)),
        ("/data/0/attributes/created_at", json!("2026-03-04 05:06:07Z")),
        ("/data/0/attributes/updated_at", json!("2026-03-04")),
        ("/data/0/attributes/deleted_at", json!(1_772_600_767)),
        ("/data/0/relationships/customer/data", Value::Null),
        ("/data", Value::Null),
        ("/meta/total_pages", json!("1")),
        ("/meta/per_page", json!(101)),
        ("/links/last", Value::Null),
        ("/data/0/id", json!("short")),
        ("/data/0/attributes/created_at", json!("2026-03-04T05:06:07.123Z")),
    ];
    for (pointer, value) in wrong {
        let mut body = list();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        assert_ne!(
            violated_rules(InvitationResponse::Listed, &body),
            Vec::<String>::new(),
            "{pointer} {value}"
        );
    }
}

#[test]
fn services_in_the_response_to_a_creation_violate_a_rule() {
    let list = list();
    let mut body = json!({ "data": list["data"][0] });
    assert_eq!(violated_rules(InvitationResponse::Created, &body).len(), 1);
    body["data"]["relationships"].as_object_mut().unwrap().remove("service_invitations");
    assert_eq!(violated_rules(InvitationResponse::Created, &body), Vec::<String>::new());
}
