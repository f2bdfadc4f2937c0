use serde_json::{Value, json};
use usher_domain::role::ServicePermission;

use super::{accepted, refused, with, with_services};

/// Where the relationship's list stands.
const LIST: &str = "data.relationships.service_invitations.data";

/// Every shape of a service invitation: around what, around which service, and with which `type` at each place.
fn shapes(id: &str, permission: &Value) -> Vec<Value> {
    let mut shapes = Vec::new();
    for typed in [true, false] {
        let kind = |name: &str| if typed { json!(name) } else { Value::Null };
        let bare = json!({ "type": kind("service"), "id": id });
        for service in [bare.clone(), json!({ "data": bare })] {
            let plain = json!({
                "type": kind("service_invitation"),
                "attributes": { "permission": permission },
                "relationships": { "service": service },
            });
            shapes.push(json!({ "type": kind("service_invitation"), "data": plain }));
            shapes.push(plain);
        }
    }
    shapes
}

#[test]
fn all_shapes_mean_the_same() {
    let shapes = shapes("5nWq8ZrT1yKc4mVb7XdLp2", &json!("purge_select"));
    assert_eq!(shapes.len(), 8);
    for shape in shapes {
        let (_, roles, limited, services) = accepted(&with_services(&json!({ "data": [shape] })));
        let expected = vec![("5nWq8ZrT1yKc4mVb7XdLp2".to_owned(), ServicePermission::PurgeSelect)];
        assert_eq!((services, roles, limited), (expected, vec!["user".to_owned()], true));
    }
}

#[test]
fn shapes_may_stand_side_by_side() {
    let ids = ["A", "B", "C", "D"].into_iter().enumerate();
    let list: Vec<Value> = ids.map(|(at, id)| shapes(id, &Value::Null).swap_remove(at)).collect();
    let (.., services) = accepted(&with_services(&json!({ "data": list })));
    let full = |id: &str| (id.to_owned(), ServicePermission::Full);
    assert_eq!(services, ["A", "B", "C", "D"].map(full));
}

#[test]
fn no_services_can_be_said_in_many_ways() {
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
fn another_permission_is_refused_with_the_four() {
    let what = "attributes.permission must be one of full, read_only, purge_select, purge_all";
    for wrong in [json!("all"), json!("Full"), json!(1), json!([])] {
        for shape in shapes("S", &wrong) {
            let inner = if shape.get("data").is_some() { ".data" } else { "" };
            let text = refused(&with_services(&json!({ "data": [shape] })));
            assert_eq!(text, format!("{LIST}[0]{inner}.{what}"));
        }
    }
}

#[test]
fn a_service_without_an_id_is_refused_where_the_id_should_be() {
    let at = |item: Value| refused(&with_services(&json!({ "data": [item] })));
    assert_eq!(at(json!({})), format!("{LIST}[0].relationships.service is missing"));
    assert_eq!(at(json!({ "data": {} })), format!("{LIST}[0].data.relationships.service is missing"));
    let bare = json!({ "relationships": { "service": {} } });
    assert_eq!(at(bare), format!("{LIST}[0].relationships.service.id is missing"));
    let linked = json!({ "data": { "relationships": { "service": { "data": {} } } } });
    assert_eq!(at(linked), format!("{LIST}[0].data.relationships.service.data.id is missing"));
}

#[test]
fn an_id_that_no_service_can_have_is_refused() {
    for wrong in ["", "a b", "a/b", "ü", &"x".repeat(65)] {
        for shape in shapes(wrong, &Value::Null) {
            let text = refused(&with_services(&json!({ "data": [shape] })));
            let what = "id must be 1 to 64 letters, digits, hyphens or underscores";
            assert!(text.starts_with(&format!("{LIST}[0].")) && text.ends_with(what), "{text}");
        }
    }
    let number = json!({ "relationships": { "service": { "id": 5 } } });
    let text = refused(&with_services(&json!({ "data": [number] })));
    assert_eq!(text, format!("{LIST}[0].relationships.service.id must be a string, not a number"));
}

#[test]
fn a_service_is_listed_once_whatever_the_shape() {
    for first in shapes("S", &json!("full")) {
        for second in shapes("S", &json!("read_only")) {
            let text = refused(&with_services(&json!({ "data": [first, second] })));
            assert!(text.starts_with(&format!("{LIST}[1].")), "{text}");
            assert!(text.ends_with("already: give each service once"), "{text}");
        }
    }
}

#[test]
fn a_wrong_type_is_refused_at_each_place() {
    let places = ["", "/data", "/data/relationships/service", "/data/relationships/service/data"];
    for place in places {
        let mut item = json!({ "data": { "relationships": { "service": { "data": { "id": "S" } } } } });
        item.pointer_mut(place).unwrap()["type"] = json!("customer");
        let text = refused(&with_services(&json!({ "data": [item] })));
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
fn what_is_no_list_of_objects_is_refused() {
    let relationship = "data.relationships.service_invitations";
    let at = |services: Value| refused(&with_services(&services));
    assert_eq!(at(json!([])), format!("{relationship} must be an object, not a list"));
    assert_eq!(at(json!({ "data": {} })), format!("{LIST} must be an array, not an object"));
    assert_eq!(at(json!({ "data": ["S"] })), format!("{LIST}[0] must be an object, not a string"));
    assert_eq!(at(json!({ "data": [null] })), format!("{LIST}[0] must be an object, not null"));
    assert_eq!(
        at(json!({ "data": [{ "data": [] }] })),
        format!("{LIST}[0].data must be an object, not a list")
    );
}
