use serde_json::{Value, json};
use usher_domain::role::{BUILTIN, ServicePermission};

use super::{accepted, rejected, with, with_services};
use crate::role::FastlyRole;

fn roles(attributes: &Value) -> Vec<String> {
    accepted(&with(attributes)).1
}

#[test]
fn only_the_address_is_required() {
    let expected = ("Mina@Example.org".to_owned(), vec!["user".to_owned()], false, Vec::new());
    let least = json!({ "data": { "attributes": { "email": " Mina@Example.org " } } });
    assert_eq!(accepted(&least), expected);
}

#[test]
fn null_counts_as_absent_everywhere() {
    let body = json!({ "data": {
        "type": null,
        "attributes": {
            "email": "mina@example.org", "limit_services": null, "role": null, "roles": null, "status_code": null,
        },
        "relationships": { "customer": null, "service_invitations": null },
    } });
    assert_eq!(accepted(&body), accepted(&with(&json!({}))));
    let mut body = with(&json!({}));
    body["data"]["relationships"] = Value::Null;
    assert_eq!(accepted(&body), accepted(&with(&json!({}))));
}

#[test]
fn unknown_members_are_ignored() {
    let mut body = with(&json!({ "nickname": 5 }));
    body["jsonapi"] = json!({ "version": "1.0" });
    body["data"]["id"] = 5.into();
    body["data"]["relationships"] = json!({ "tags": [] });
    assert_eq!(accepted(&body), accepted(&with(&json!({}))));
}

#[test]
fn a_member_that_means_something_else_is_rejected() {
    let attributes = "data.attributes";
    for (attribute, suggestion) in [
        ("rolles", "roles"),
        ("limitServices", "limit_services"),
        ("Role", "role"),
        ("statusCode", "status_code"),
    ] {
        let text = rejected(&with(&json!({ attribute: "user" })));
        assert_eq!(
            text,
            format!("{attributes}.{attribute} is unknown: did you mean {attributes}.{suggestion}?")
        );
    }
    for attribute in ["send_email", "dry_run", "name", "expires_in", "permissions", "resources", "locale"] {
        let text = rejected(&with(&json!({ attribute: false })));
        assert!(text.starts_with(&format!("{attributes}.{attribute} is not accepted here: ")), "{text}");
    }
}

#[test]
fn a_known_member_in_the_wrong_place_is_rejected() {
    let mut body = with(&json!({}));
    body["data"]["role"] = "billing".into();
    assert!(rejected(&body).starts_with("data.role is not accepted here: "), "{}", rejected(&body));
    // Without this, the permission would be `full`.
    let service = json!({ "data": { "id": "S" } });
    let item = json!({ "permission": "read_only", "relationships": { "service": service } });
    let text = rejected(&with_services(&json!({ "data": [item] })));
    let path = "data.relationships.service_invitations.data[0].permission";
    assert!(text.starts_with(&format!("{path} is not accepted here: ")), "{text}");
}

#[test]
fn a_missing_address_is_rejected() {
    for body in [
        json!({ "data": {} }),
        json!({ "data": { "attributes": null } }),
        json!({ "data": { "attributes": {} } }),
        json!({ "data": { "attributes": { "email": null } } }),
    ] {
        assert_eq!(rejected(&body), "data.attributes.email is missing");
    }
    for body in [json!({}), json!({ "data": null })] {
        assert_eq!(rejected(&body), "data is missing");
    }
}

#[test]
fn another_type_than_an_object_is_rejected() {
    assert_eq!(rejected(&json!({ "data": [] })), "data must be an object, not a list");
    let attributes = rejected(&json!({ "data": { "attributes": "x" } }));
    assert_eq!(attributes, "data.attributes must be an object, not a string");
    let mut body = with(&json!({}));
    body["data"]["relationships"] = json!([]);
    assert_eq!(rejected(&body), "data.relationships must be an object, not a list");
}

#[test]
fn an_invalid_address_is_rejected() {
    let rejected = |email: Value| rejected(&json!({ "data": { "attributes": { "email": email } } }));
    assert!(rejected("mina".into()).starts_with("data.attributes.email must be one e-mail address"));
    assert_eq!(rejected(5.into()), "data.attributes.email must be a string, not a number");
}

#[test]
fn the_type_is_invitation_or_left_out() {
    for kind in [json!("invitations"), json!("Invitation"), json!(1)] {
        let mut body = with(&json!({}));
        body["data"]["type"] = kind;
        assert_eq!(rejected(&body), "data.type must be \"invitation\" or left out");
    }
    let mut body = with(&json!({}));
    body["data"].as_object_mut().unwrap().remove("type");
    accepted(&body);
}

#[test]
fn each_of_fastlys_roles_is_granted() {
    for role in FastlyRole::ALL {
        assert_eq!(roles(&json!({ "role": role.as_str() })), [role.as_str()]);
    }
}

#[test]
fn an_unknown_role_is_rejected_with_the_list_of_roles() {
    let expected =
        "data.attributes.role must be one of user, tls_viewer, tls_admin, billing, engineer, superuser";
    for role in [json!("GlobalAdmin"), json!("Engineer"), json!(""), json!(3), json!(["user"])] {
        assert_eq!(rejected(&with(&json!({ "role": role }))), expected);
    }
}

#[test]
fn role_and_roles_are_granted_together() {
    assert_eq!(roles(&json!({ "roles": [] })), ["user"]);
    assert_eq!(roles(&json!({ "roles": ["Auditor"] })), ["Auditor"]);
    assert_eq!(roles(&json!({ "role": "billing", "roles": ["Auditor", "billing"] })), ["Auditor", "billing"]);
    assert_eq!(roles(&json!({ "role": "engineer", "roles": null })), ["engineer"]);
    for role in BUILTIN {
        assert_eq!(roles(&json!({ "roles": [role.name] })), [role.name]);
    }
}

#[test]
fn unknown_names_in_roles_are_rejected() {
    let text = rejected(&with(&json!({ "roles": ["user", "4hFjG1cZq0Yt7nPp2LkVb3", 7] })));
    let (second, third) = text.split_once("; ").unwrap();
    assert!(second.starts_with("data.attributes.roles[1] must be one of GlobalAdmin, "), "{text}");
    assert!(third.starts_with("data.attributes.roles[2] must be one of GlobalAdmin, "), "{text}");
    let text = rejected(&with(&json!({ "roles": "user" })));
    assert_eq!(text, "data.attributes.roles must be an array, not a string");
}

#[test]
fn limit_services_defaults_to_whether_services_are_listed() {
    let one = json!({ "data": [{ "relationships": { "service": { "data": { "id": "S" } } } }] });
    let mut body = with_services(&one);
    assert!(accepted(&body).2, "limited, because a service is listed");
    body["data"]["attributes"]["limit_services"] = false.into();
    let (_, _, limited, services) = accepted(&body);
    assert_eq!((limited, services), (false, vec![("S".to_owned(), ServicePermission::Full)]));
    assert!(accepted(&with(&json!({ "limit_services": true }))).2, "limited to no service at all");
    let text = rejected(&with(&json!({ "limit_services": "true" })));
    assert_eq!(text, "data.attributes.limit_services must be true or false, not a string");
}

#[test]
fn only_1_is_accepted_as_status_code() {
    for code in [json!(1), json!("1"), json!(1.0), Value::Null] {
        accepted(&with(&json!({ "status_code": code })));
    }
    for code in [json!(0), json!("0"), json!(0.0)] {
        let text = rejected(&with(&json!({ "status_code": code })));
        assert!(text.starts_with("data.attributes.status_code must be 1 or left out: "), "{text}");
        assert!(text.contains("active from its creation") && text.contains("delete it"), "{text}");
    }
    for code in [json!(2), json!(-1), json!(1.5), json!("01"), json!(""), json!(true), json!([1]), json!({})]
    {
        let text = rejected(&with(&json!({ "status_code": code })));
        assert_eq!(text, "data.attributes.status_code must be 1 or left out");
    }
}

#[test]
fn the_customer_is_ignored() {
    let customers = [
        json!({ "data": { "type": "customer", "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky" } }),
        json!({ "data": [{ "type": "customer", "id": "other" }] }),
        json!({ "data": null }),
        json!([]),
        json!("other"),
        json!(5),
    ];
    for customer in customers {
        let mut body = with(&json!({}));
        body["data"]["relationships"] = json!({ "customer": customer });
        assert_eq!(accepted(&body), accepted(&with(&json!({}))));
    }
}

#[test]
fn every_invalid_member_is_named_in_one_response() {
    let body = json!({ "data": {
        "type": "x",
        "attributes": { "email": "mina", "role": "king", "status_code": 7 },
        "relationships": { "service_invitations": { "data": [{ "attributes": { "permission": "all" } }] } },
    } });
    let text = rejected(&body);
    let item = "data.relationships.service_invitations.data[0]";
    let named = [
        "data.type ",
        &format!("{item}.attributes.permission "),
        &format!("{item}.relationships.service is missing"),
        "data.attributes.email ",
        "data.attributes.role ",
        "data.attributes.status_code ",
    ];
    let texts: Vec<&str> = text.split("; ").collect();
    assert_eq!(texts.len(), named.len(), "{text}");
    for (text, path) in texts.iter().zip(named) {
        assert!(text.starts_with(path), "{text:?} for {path:?}");
    }
}

#[test]
fn a_response_names_at_most_20_problems() {
    let text = rejected(&with(&json!({ "roles": vec![0; 1000] })));
    assert_eq!(text.split("; ").count(), 21);
    assert!(text.ends_with("; and 980 more"), "{text}");
}
