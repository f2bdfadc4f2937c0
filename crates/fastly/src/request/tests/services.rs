use serde_json::{Value, json};
use usher_domain::role::ServicePermission;

use super::{accepted, rejected, with, with_services};

/// The path of the list.
const LIST: &str = "data.relationships.service_invitations.data";

/// Every form of a service invitation: wrapped or not, its service wrapped or not, with or without `type`.
fn forms(id: &str, permission: &Value) -> Vec<Value> {
    let mut forms = Vec::new();
    for typed in [true, false] {
        let kind = |name: &str| if typed { json!(name) } else { Value::Null };
        let bare = json!({ "type": kind("service"), "id": id });
        for service in [bare.clone(), json!({ "data": bare })] {
            let plain = json!({
                "type": kind("service_invitation"),
                "attributes": { "permission": permission },
                "relationships": { "service": service },
            });
            forms.push(json!({ "type": kind("service_invitation"), "data": plain }));
            forms.push(plain);
        }
    }
    forms
}

#[test]
fn all_forms_mean_the_same() {
    let forms = forms("5nWq8ZrT1yKc4mVb7XdLp2", &json!("purge_select"));
    assert_eq!(forms.len(), 8);
    for form in forms {
        let (_, roles, limited, services) = accepted(&with_services(&json!({ "data": [form] })));
        let expected = vec![("5nWq8ZrT1yKc4mVb7XdLp2".to_owned(), ServicePermission::PurgeSelect)];
        assert_eq!((services, roles, limited), (expected, vec!["user".to_owned()], true));
    }
}

#[test]
fn one_list_may_mix_all_forms() {
    let ids = ["A", "B", "C", "D"].into_iter().enumerate();
    let list: Vec<Value> = ids.map(|(at, id)| forms(id, &Value::Null).swap_remove(at)).collect();
    let (.., services) = accepted(&with_services(&json!({ "data": list })));
    let full = |id: &str| (id.to_owned(), ServicePermission::Full);
    assert_eq!(services, ["A", "B", "C", "D"].map(full));
}

#[test]
fn an_absent_or_empty_relationship_means_no_services() {
    for none in [json!(null), json!({}), json!({ "data": null }), json!({ "data": [] })] {
        assert_eq!(accepted(&with_services(&none)), accepted(&with(&json!({}))));
    }
}

#[test]
fn each_permission_is_read_and_full_is_the_default() {
    let permission = |attributes: Value| {
        let item = json!({ "attributes": attributes, "relationships": { "service": { "id": "S" } } });
        accepted(&with_services(&json!({ "data": [item] }))).3[0].1
    };
    for known in ServicePermission::EVERY {
        assert_eq!(permission(json!({ "permission": known.as_str() })), known);
    }
    for absent in [json!(null), json!({}), json!({ "permission": null })] {
        assert_eq!(permission(absent), ServicePermission::Full);
    }
}

#[test]
fn an_unknown_permission_is_rejected_with_the_list_of_permissions() {
    let what = "attributes.permission must be one of full, read_only, purge_select, purge_all";
    for wrong in [json!("all"), json!("Full"), json!(1), json!([])] {
        for form in forms("S", &wrong) {
            let inner = if form.get("data").is_some() { ".data" } else { "" };
            let text = rejected(&with_services(&json!({ "data": [form] })));
            assert_eq!(text, format!("{LIST}[0]{inner}.{what}"));
        }
    }
}

#[test]
fn a_missing_service_id_is_rejected_with_its_path() {
    let at = |item: Value| rejected(&with_services(&json!({ "data": [item] })));
    assert_eq!(at(json!({})), format!("{LIST}[0].relationships.service is missing"));
    assert_eq!(at(json!({ "data": {} })), format!("{LIST}[0].data.relationships.service is missing"));
    let bare = json!({ "relationships": { "service": {} } });
    assert_eq!(at(bare), format!("{LIST}[0].relationships.service.id is missing"));
    let linked = json!({ "data": { "relationships": { "service": { "data": {} } } } });
    assert_eq!(at(linked), format!("{LIST}[0].data.relationships.service.data.id is missing"));
}

#[test]
fn an_invalid_service_id_is_rejected() {
    for wrong in ["", "a b", "a/b", "ü", &"x".repeat(65)] {
        for form in forms(wrong, &Value::Null) {
            let text = rejected(&with_services(&json!({ "data": [form] })));
            let what = "id must be 1 to 64 letters, digits, hyphens or underscores";
            assert!(text.starts_with(&format!("{LIST}[0].")) && text.ends_with(what), "{text}");
        }
    }
    let number = json!({ "relationships": { "service": { "id": 5 } } });
    let text = rejected(&with_services(&json!({ "data": [number] })));
    assert_eq!(text, format!("{LIST}[0].relationships.service.id must be a string, not a number"));
}

#[test]
fn a_repeated_service_is_rejected_in_all_forms() {
    for first in forms("S", &json!("full")) {
        for second in forms("S", &json!("read_only")) {
            let text = rejected(&with_services(&json!({ "data": [first, second] })));
            assert!(text.starts_with(&format!("{LIST}[1].")), "{text}");
            assert!(text.ends_with("already: give each service once"), "{text}");
        }
    }
}

#[test]
fn a_wrong_type_is_rejected_on_every_level() {
    let places = ["", "/data", "/data/relationships/service", "/data/relationships/service/data"];
    for place in places {
        let mut item = json!({ "data": { "relationships": { "service": { "data": { "id": "S" } } } } });
        item.pointer_mut(place).unwrap()["type"] = json!("customer");
        let text = rejected(&with_services(&json!({ "data": [item] })));
        let expected = if place.ends_with("service") || place.ends_with("service/data") {
            "service"
        } else {
            "service_invitation"
        };
        let path = place.replace('/', ".");
        assert_eq!(text, format!("{LIST}[0]{path}.type must be \"{expected}\" or left out"));
    }
}

#[test]
fn only_a_list_of_objects_is_accepted() {
    let relationship = "data.relationships.service_invitations";
    let at = |services: Value| rejected(&with_services(&services));
    assert_eq!(at(json!([])), format!("{relationship} must be an object, not a list"));
    assert_eq!(at(json!({ "data": {} })), format!("{LIST} must be an array, not an object"));
    assert_eq!(at(json!({ "data": ["S"] })), format!("{LIST}[0] must be an object, not a string"));
    assert_eq!(at(json!({ "data": [null] })), format!("{LIST}[0] must be an object, not null"));
    assert_eq!(
        at(json!({ "data": [{ "data": [] }] })),
        format!("{LIST}[0].data must be an object, not a list")
    );
}
