use insta::assert_json_snapshot;
use usher_domain::role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission};

use super::*;
use crate::{
    page::{PageRequest, Paging},
    test_data,
};

fn created(invitation: &OpenInvitation) -> InvitationDocument {
    Document::new(InvitationResource::created(invitation, &test_data::account()))
}

fn listed(invitation: &OpenInvitation) -> InvitationCollection {
    let page = PageRequest::from_query(&[]).unwrap();
    let paging = Paging::by_number("https://usher.example/invitations", &page, 1);
    Collection::new([InvitationResource::listed(invitation, &test_data::account())], paging)
}

fn unlimited() -> OpenInvitation {
    test_data::invitation(Grant::of_roles(["engineer", "billing"]).unwrap())
}

fn limited() -> OpenInvitation {
    let service = |id: &str| ServiceGrant {
        service: ServiceId::parse(id).unwrap(),
        permission: ServicePermission::Full,
    };
    let roles = vec![RoleName::parse("engineer").unwrap()];
    test_data::invitation(Grant::new(roles, true, vec![service("S2"), service("S1")]).unwrap())
}

#[test]
fn the_response_to_a_creation_has_all_attributes_and_no_services() {
    assert_json_snapshot!(created(&unlimited()), @r#"
    {
      "data": {
        "id": "2bXr7KqVn0mTz5LcWd8Yp4",
        "type": "invitation",
        "attributes": {
          "email": "Mina@Example.org",
          "limit_services": false,
          "role": "engineer",
          "roles": [
            "billing",
            "engineer"
          ],
          "status_code": 1,
          "created_at": "2026-03-04T05:06:07Z",
          "updated_at": "2026-03-04T06:06:07Z",
          "deleted_at": null
        },
        "relationships": {
          "customer": {
            "data": {
              "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky",
              "type": "customer"
            }
          }
        }
      }
    }
    "#);
    let limited = serde_json::to_value(created(&limited())).unwrap();
    assert_json_snapshot!(limited["data"]["relationships"], @r#"
    {
      "customer": {
        "data": {
          "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky",
          "type": "customer"
        }
      }
    }
    "#);
}

#[test]
fn a_list_names_the_services_by_stable_ids() {
    assert_json_snapshot!(listed(&limited()), @r#"
    {
      "data": [
        {
          "id": "2bXr7KqVn0mTz5LcWd8Yp4",
          "type": "invitation",
          "attributes": {
            "email": "Mina@Example.org",
            "limit_services": true,
            "role": "engineer",
            "roles": [
              "engineer"
            ],
            "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z",
            "updated_at": "2026-03-04T06:06:07Z",
            "deleted_at": null
          },
          "relationships": {
            "customer": {
              "data": {
                "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky",
                "type": "customer"
              }
            },
            "service_invitations": {
              "data": [
                {
                  "id": "40AjeuYm3xJMnpoMRLf8cK",
                  "type": "service_invitation"
                },
                {
                  "id": "65TxFJkgRox57FmiJpChgs",
                  "type": "service_invitation"
                }
              ]
            }
          }
        }
      ],
      "links": {
        "last": "https://usher.example/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=20"
      },
      "meta": {
        "current_page": 1,
        "per_page": 20,
        "record_count": 1,
        "total_pages": 1
      }
    }
    "#);
}

#[test]
fn an_invitation_without_services_is_listed_with_an_empty_relationship() {
    let unlimited = serde_json::to_value(listed(&unlimited())).unwrap();
    assert_json_snapshot!(unlimited["data"][0]["relationships"]["service_invitations"], @r#"
    {
      "data": []
    }
    "#);
}
