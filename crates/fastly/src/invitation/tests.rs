use serde_json::{Value, json};
use usher_domain::role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission};

use super::*;
use crate::{
    page::{PageRequest, Paging},
    samples,
};

fn created(invitation: &OpenInvitation) -> Value {
    let shown = InvitationResource::created(invitation, &samples::account());
    serde_json::to_value(Document::of(shown)).unwrap()
}

fn listed(invitation: &OpenInvitation) -> Value {
    let shown = InvitationResource::listed(invitation, &samples::account());
    let paging = Paging::new("https://usher.example/invitations", &PageRequest::of_query(&[]).unwrap(), 1);
    serde_json::to_value(Collection::of([shown], paging)).unwrap()
}

fn plain() -> OpenInvitation {
    samples::invitation(Grant::of_roles(["engineer", "billing"]).unwrap())
}

fn limited() -> OpenInvitation {
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
    assert_eq!(created(&plain()), expected);
}

#[test]
fn the_answer_to_a_creation_names_no_services() {
    let relationships = &created(&limited())["data"]["relationships"];
    assert!(relationships.get("service_invitations").is_none(), "{relationships}");
}

#[test]
fn a_list_names_the_services_by_ids_that_stay() {
    let shown = &listed(&limited())["data"][0];
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
    let list = listed(&plain());
    assert_eq!(list["data"][0]["relationships"]["service_invitations"], json!({ "data": [] }));
    assert_eq!(list["meta"]["record_count"], 1);
    assert!(list["links"]["last"].is_string());
}
