use serde::Serialize;
use usher_domain::{principal::Actor, role::ServiceGrant};
use utoipa::ToSchema;

use super::{
    derived::derived_id,
    permission::FastlyPermission,
    resource::{Collection, Resource, ToOne},
};
use usher_http_kit::moment::iso;

/// A part of the service authorizations of the caller.
pub(crate) type ServiceAuthorizationCollection = Collection<ServiceAuthorization>;

/// What a member may do with one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceAuthorization {
    id: String,
    attributes: ServiceAuthorizationAttributes,
    relationships: ServiceAuthorizationRelationships,
}

/// What a service authorization says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceAuthorizationAttributes {
    /// What is allowed.
    permission: FastlyPermission,
    /// When the membership began that gives it.
    #[schema(format = "date-time")]
    created_at: String,
    /// The same moment: it does not change.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Never: what is not given any more is not shown.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

/// On what, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceAuthorizationRelationships {
    /// The service.
    service: ToOne,
    /// The member.
    user: ToOne,
}

impl ServiceAuthorization {
    /// Every service authorization of who asks, by ascending id of the service.
    #[must_use]
    pub(crate) fn every(actor: &Actor) -> Vec<Self> {
        let (customer, user) = (actor.account.public_id.as_str(), actor.person.public_id.as_str());
        let since = iso(actor.membership.created_at);
        let one = |granted: &ServiceGrant| Self {
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
        actor.membership.grant.services().iter().map(one).collect()
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
    use serde_json::{Value, json};
    use usher_domain::role::{Grant, RoleName, ServiceId, ServicePermission};

    use super::*;
    use crate::{
        page::{PageRequest, Paging},
        samples,
    };

    fn shown(services: Vec<ServiceGrant>) -> Vec<Value> {
        let grant = Grant::new(vec![RoleName::parse("engineer").unwrap()], true, services).unwrap();
        let every = ServiceAuthorization::every(&samples::actor(grant));
        let page = PageRequest::of_query(&[]).unwrap();
        let paging = Paging::new("https://usher.example/service-authorizations", &page, 2);
        let list = serde_json::to_value(Collection::of(every, paging)).unwrap();
        list["data"].as_array().unwrap().clone()
    }

    #[test]
    fn each_service_of_the_caller_is_shown_with_its_permission() {
        let granted =
            |id: &str, permission| ServiceGrant { service: ServiceId::parse(id).unwrap(), permission };
        let shown =
            shown(vec![granted("B", ServicePermission::ReadOnly), granted("A", ServicePermission::PurgeAll)]);
        let id = derived_id(&[samples::CUSTOMER, samples::PERSON, "A"]);
        let first = json!({
            "id": id,
            "type": "service_authorization",
            "attributes": {
                "permission": "purge_all",
                "created_at": "2026-03-05T00:00:00Z",
                "updated_at": "2026-03-05T00:00:00Z",
                "deleted_at": null,
            },
            "relationships": {
                "service": { "data": { "id": "A", "type": "service" } },
                "user": { "data": { "id": samples::PERSON, "type": "user" } },
            },
        });
        assert_eq!(shown[0], first);
        assert_eq!(shown[1]["attributes"]["permission"], "read_only");
        assert_ne!(shown[1]["id"], shown[0]["id"]);
        assert_eq!(shown.len(), 2);
    }

    #[test]
    fn who_is_limited_to_nothing_has_none() {
        assert_eq!(shown(Vec::new()), Vec::<Value>::new());
    }
}
