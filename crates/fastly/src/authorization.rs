//! The resource of a permission on a service.

use serde::Serialize;
use usher_domain::{principal::Actor, role::ServiceGrant};
use usher_http_kit::moment::iso;
use utoipa::ToSchema;

use crate::{
    derived_id::derived_id,
    permission::FastlyPermission,
    resource::{Collection, Resource, ToOne},
};

/// A page of the caller's service authorizations.
pub(crate) type ServiceAuthorizationCollection = Collection<ServiceAuthorization>;

/// The permission of a member on one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceAuthorization {
    id: String,
    attributes: ServiceAuthorizationAttributes,
    relationships: ServiceAuthorizationRelationships,
}

/// The attributes of a service authorization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceAuthorizationAttributes {
    /// The permission.
    permission: FastlyPermission,
    /// The time when the membership began.
    #[schema(format = "date-time")]
    created_at: String,
    /// The same time as `created_at`.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Always null.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

/// The relationships of a service authorization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceAuthorizationRelationships {
    /// The service.
    service: ToOne,
    /// The member.
    user: ToOne,
}

impl ServiceAuthorization {
    /// All service authorizations of a member, ordered by the id of the service.
    #[must_use]
    pub(crate) fn all(actor: &Actor) -> Vec<Self> {
        let (customer, user) = (actor.account.public_id.as_str(), actor.person.public_id.as_str());
        let since = iso(actor.membership.created_at);
        let authorization = |granted: &ServiceGrant| Self {
            id: derived_id(&[customer, user, granted.service.as_str()]),
            attributes: ServiceAuthorizationAttributes {
                permission: granted.permission.into(),
                created_at: since.clone(),
                updated_at: since.clone(),
                deleted_at: None,
            },
            relationships: ServiceAuthorizationRelationships {
                service: ToOne::new("service", granted.service.as_str()),
                user: ToOne::new("user", user),
            },
        };
        actor.membership.grant.services().iter().map(authorization).collect()
    }
}

impl Resource for ServiceAuthorization {
    const TYPE: &'static str = "service_authorization";
    const SCHEMA: &'static str = "ServiceAuthorization";
    type Attributes = ServiceAuthorizationAttributes;
    type Relationships = ServiceAuthorizationRelationships;

    fn into_parts(self) -> (String, ServiceAuthorizationAttributes, ServiceAuthorizationRelationships) {
        (self.id, self.attributes, self.relationships)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;
    use usher_domain::role::{Grant, RoleName, ServiceId, ServicePermission};

    use super::*;
    use crate::{
        page::{PageRequest, Paging},
        test_data,
    };

    fn listed(services: Vec<ServiceGrant>) -> ServiceAuthorizationCollection {
        let count = u64::try_from(services.len()).unwrap();
        let grant = Grant::new(vec![RoleName::parse("engineer").unwrap()], true, services).unwrap();
        let all = ServiceAuthorization::all(&test_data::actor(grant));
        let page = PageRequest::from_query(&[]).unwrap();
        let paging = Paging::by_number("https://usher.example/service-authorizations", &page, count);
        Collection::new(all, paging)
    }

    #[test]
    fn each_service_of_the_caller_is_listed_with_its_permission() {
        let granted =
            |id: &str, permission| ServiceGrant { service: ServiceId::parse(id).unwrap(), permission };
        let services =
            vec![granted("B", ServicePermission::ReadOnly), granted("A", ServicePermission::PurgeAll)];
        assert_json_snapshot!(listed(services), @r#"
        {
          "data": [
            {
              "id": "5iwcHyh8Vz7kPcxtUzveMr",
              "type": "service_authorization",
              "attributes": {
                "permission": "purge_all",
                "created_at": "2026-03-05T00:00:00Z",
                "updated_at": "2026-03-05T00:00:00Z",
                "deleted_at": null
              },
              "relationships": {
                "service": {
                  "data": {
                    "id": "A",
                    "type": "service"
                  }
                },
                "user": {
                  "data": {
                    "id": "4Ab7cDeFgH1jKlMnOpQrSt",
                    "type": "user"
                  }
                }
              }
            },
            {
              "id": "3l0krWaweYSsq1fZ3jHIAJ",
              "type": "service_authorization",
              "attributes": {
                "permission": "read_only",
                "created_at": "2026-03-05T00:00:00Z",
                "updated_at": "2026-03-05T00:00:00Z",
                "deleted_at": null
              },
              "relationships": {
                "service": {
                  "data": {
                    "id": "B",
                    "type": "service"
                  }
                },
                "user": {
                  "data": {
                    "id": "4Ab7cDeFgH1jKlMnOpQrSt",
                    "type": "user"
                  }
                }
              }
            }
          ],
          "links": {
            "last": "https://usher.example/service-authorizations?page%5Bnumber%5D=1&page%5Bsize%5D=20"
          },
          "meta": {
            "current_page": 1,
            "per_page": 20,
            "record_count": 2,
            "total_pages": 1
          }
        }
        "#);
    }

    #[test]
    fn a_caller_without_services_has_an_empty_list() {
        assert_json_snapshot!(listed(Vec::new()), @r#"
        {
          "data": [],
          "links": {
            "last": "https://usher.example/service-authorizations?page%5Bnumber%5D=1&page%5Bsize%5D=20"
          },
          "meta": {
            "current_page": 1,
            "per_page": 20,
            "record_count": 0,
            "total_pages": 1
          }
        }
        "#);
    }
}
