//! The body of `POST /invitations` as types, for the OpenAPI document.
#![cfg_attr(not(test), expect(dead_code, reason = "the types describe the body; only tests make values"))]
#![expect(unused_qualifications, reason = "utoipa generates such paths for optional members")]

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type},
};

use crate::{permission::FastlyPermission, role::FastlyRole};

/// The request for an invitation. Unknown members are ignored, unless they mean something else. `null` counts as absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationRequest {
    /// The invitation.
    pub(crate) data: RequestedInvitation,
}

/// The invitation to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedInvitation {
    /// The type, which may be absent.
    #[serde(rename = "type")]
    pub(crate) kind: Option<InvitationType>,
    /// The address and the roles.
    pub(crate) attributes: RequestedAttributes,
    /// The services.
    pub(crate) relationships: Option<RequestedRelationships>,
}

/// The type of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InvitationType {
    /// An invitation.
    Invitation,
}

/// The attributes of the invitation to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedAttributes {
    /// The address to invite.
    #[schema(format = "email")]
    pub(crate) email: String,
    /// Whether the invitee is limited to the listed services. By default true if services are listed, and false otherwise.
    pub(crate) limit_services: Option<bool>,
    /// One of Fastly's roles. Without `role` and `roles`, the role is `user`.
    pub(crate) role: Option<FastlyRole>,
    /// Names of roles of the account, granted in addition to `role`.
    pub(crate) roles: Option<Vec<String>>,
    /// 1 or absent: an invitation is active from its creation.
    #[schema(schema_with = active_status)]
    pub(crate) status_code: Option<Value>,
}

/// The relationships of the invitation to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedRelationships {
    /// Ignored. The token decides the customer.
    pub(crate) customer: Option<Value>,
    /// The services to grant permissions on.
    pub(crate) service_invitations: Option<RequestedServiceInvitations>,
}

/// A list of service invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedServiceInvitations {
    /// The service invitations. Each service may occur once.
    pub(crate) data: Option<Vec<RequestedServiceInvitation>>,
}

/// A service invitation, in the form of Fastly's documentation or in the form of its clients' typed models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RequestedServiceInvitation {
    /// As in Fastly's documentation.
    Plain(ServiceInvitation),
    /// As in the typed models.
    Wrapped {
        /// The service invitation.
        data: ServiceInvitation,
    },
}

/// A permission on one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitation {
    /// The type, which may be absent.
    #[serde(rename = "type")]
    pub(crate) kind: Option<ServiceInvitationType>,
    /// The permission.
    pub(crate) attributes: Option<ServiceInvitationAttributes>,
    /// The service.
    pub(crate) relationships: ServiceInvitationRelationships,
}

/// The type of a service invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceInvitationType {
    /// A service invitation.
    ServiceInvitation,
}

/// The attributes of a service invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitationAttributes {
    /// The permission, by default `full`.
    pub(crate) permission: Option<FastlyPermission>,
}

/// The relationships of a service invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitationRelationships {
    /// The service.
    pub(crate) service: RequestedService,
}

/// A service, in the form of Fastly's documentation or in the form of its clients' typed models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RequestedService {
    /// As in Fastly's documentation.
    Linked {
        /// The service.
        data: ServiceIdentifier,
    },
    /// As in the typed models.
    Bare(ServiceIdentifier),
}

/// The identifier of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceIdentifier {
    /// The type, which may be absent.
    #[serde(rename = "type")]
    pub(crate) kind: Option<ServiceType>,
    /// The id of the service.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub(crate) id: String,
}

/// The type of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceType {
    /// A service.
    Service,
}

/// The number 1, the string `1`, which fastly-rust sends, or null.
fn active_status() -> Schema {
    let of = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
    OneOfBuilder::new()
        .item(of(Type::Integer).enum_values(Some([1])))
        .item(of(Type::String).enum_values(Some(["1"])))
        .item(of(Type::Null))
        .into()
}
