use serde_json::{Value, json};
use usher_domain::role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission};

use super::*;
use crate::http::fastly::{
    page::{PageRequest, Paging},
    samples::{self, at},
};

const BEFORE_THE_END: &str = "2026-03-11T05:06:07.8Z";
const THE_END: &str = "2026-03-11T05:06:07.9Z";

fn created(invitation: &Stored, now: &str) -> Value {
    let shown = Invitation::created(invitation, &samples::account(), at(now));
    serde_json::to_value(Document::of(shown)).unwrap()
}

fn listed(invitation: &Stored, now: &str) -> Value {
    let shown = Invitation::listed(invitation, &samples::account(), at(now));
    let paging = Paging::new("https://usher.example/invitations", &PageRequest::of_query(&[]).unwrap(), 1);
    serde_json::to_value(Collection::of([shown], paging)).unwrap()
}

fn plain() -> Stored {
    samples::invitation(Grant::of_roles(["engineer", "billing"]).unwrap())
}

fn limited() -> Stored {
    let service = |id: &str| ServiceGrant {
        service: ServiceId::parse(id).unwrap(),
        permission: ServicePermission::Full,
    };
    let roles = vec![RoleName::parse("engineer").unwrap()];
    samples::invitation(Grant::new(roles, true, vec![service("S2"), service("S1")]).unwrap())
}

#[test]
fn the_answer_to_a_creation_is_the_whole_document_and_no_more() {
    let expected = json!({ "data": {
        "id": samples::INVITATION,
        "type": "invitation",
        "attributes": {
            "email": "Mina@Example.org",
            "limit_services": false,
            "role": "engineer",
            "roles": ["billing", "engineer"],
            "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z",
            "updated_at": "2026-03-04T06:06:07Z",
            "deleted_at": null,
        },
        "relationships": { "customer": { "data": { "id": samples::CUSTOMER, "type": "customer" } } },
    } });
    assert_eq!(created(&plain(), BEFORE_THE_END), expected);
}

#[test]
fn the_answer_to_a_creation_names_no_services() {
    let relationships = &created(&limited(), BEFORE_THE_END)["data"]["relationships"];
    assert!(relationships.get("service_invitations").is_none(), "{relationships}");
}

#[test]
fn a_list_names_the_services_by_ids_that_stay() {
    let shown = &listed(&limited(), BEFORE_THE_END)["data"][0];
    let linked =
        |id: &str| json!({ "id": derived_id(&[samples::INVITATION, id]), "type": "service_invitation" });
    assert_eq!(
        shown["relationships"]["service_invitations"],
        json!({ "data": [linked("S1"), linked("S2")] })
    );
    assert_eq!(shown["attributes"]["limit_services"], true);
}

#[test]
fn a_list_says_that_there_are_no_services() {
    let list = listed(&plain(), BEFORE_THE_END);
    assert_eq!(list["data"][0]["relationships"]["service_invitations"], json!({ "data": [] }));
    assert_eq!(list["meta"]["record_count"], 1);
    assert!(list["links"]["last"].is_string());
}

#[test]
fn the_status_code_is_1_until_the_end() {
    assert_eq!(created(&plain(), BEFORE_THE_END)["data"]["attributes"]["status_code"], 1);
    assert_eq!(created(&plain(), THE_END)["data"]["attributes"]["status_code"], 0);
}

#[test]
fn only_a_revoked_invitation_is_deleted() {
    for status in Status::EVERY {
        let closed_at = (status != Status::Pending).then(|| at("2026-03-05T00:00:00.5Z"));
        let stored = Stored { status, closed_at, ..plain() };
        let attributes = created(&stored, BEFORE_THE_END)["data"]["attributes"].clone();
        let (code, deleted) = match status {
            Status::Pending => (1, Value::Null),
            Status::Revoked => (0, json!("2026-03-05T00:00:00Z")),
            _ => (0, Value::Null),
        };
        assert_eq!((&attributes["status_code"], &attributes["deleted_at"]), (&json!(code), &deleted));
    }
}
