//! The body of `POST /invitations` as types, for the OpenAPI document: what is accepted, in which shapes.
#![cfg_attr(not(test), expect(dead_code, reason = "only tests make values; the types describe the body"))]
#![expect(unused_qualifications, reason = "in what utoipa derives for optional members")]

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type},
};

use crate::{permission::FastlyPermission, role::FastlyRole};

/// Invites somebody. Members that are not listed are ignored; `null` counts as absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationRequest {
    /// The invitation.
    pub(crate) data: RequestedInvitation,
}

/// The invitation to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedInvitation {
    /// What it is.
    #[serde(rename = "type")]
    pub(crate) kind: Option<InvitationType>,
    /// Whom, and as what.
    pub(crate) attributes: RequestedAttributes,
    /// On which services.
    pub(crate) relationships: Option<RequestedRelationships>,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InvitationType {
    /// An invitation.
    Invitation,
}

/// Whom to invite, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedAttributes {
    /// The address that the invitation goes to.
    #[schema(format = "email")]
    pub(crate) email: String,
    /// Whether the invitee will reach only the listed services. Without it: whether services are listed.
    pub(crate) limit_services: Option<bool>,
    /// One of Fastly's roles. Without this and `roles` it is `user`.
    pub(crate) role: Option<FastlyRole>,
    /// Names of roles of the account, granted beside `role`.
    pub(crate) roles: Option<Vec<String>>,
    /// An invitation is active from its creation: 1, or left out.
    #[schema(schema_with = active)]
    pub(crate) status_code: Option<Value>,
}

/// What the invitation belongs to, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedRelationships {
    /// Ignored, whatever it is: the credential decides for which customer it is.
    pub(crate) customer: Option<Value>,
    /// The services to give rights on.
    pub(crate) service_invitations: Option<RequestedServiceInvitations>,
}

/// A list of service invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RequestedServiceInvitations {
    /// Each service once.
    pub(crate) data: Option<Vec<RequestedServiceInvitation>>,
}

/// A service invitation, as Fastly's documentation has it or as the typed models of its clients write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RequestedServiceInvitation {
    /// Plain JSON:API.
    Plain(ServiceInvitation),
    /// In a wrapper.
    Wrapped {
        /// What is wrapped.
        data: ServiceInvitation,
    },
}

/// Rights on one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitation {
    /// What it is.
    #[serde(rename = "type")]
    pub(crate) kind: Option<ServiceInvitationType>,
    /// What is allowed.
    pub(crate) attributes: Option<ServiceInvitationAttributes>,
    /// Where.
    pub(crate) relationships: ServiceInvitationRelationships,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceInvitationType {
    /// A service invitation.
    ServiceInvitation,
}

/// What is allowed with the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitationAttributes {
    /// Without it, `full`.
    pub(crate) permission: Option<FastlyPermission>,
}

/// Which service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceInvitationRelationships {
    /// The service.
    pub(crate) service: RequestedService,
}

/// A service, as Fastly's documentation has it or as the typed models of its clients write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RequestedService {
    /// Plain JSON:API.
    Linked {
        /// The service.
        data: ServiceIdentifier,
    },
    /// Without the wrapper.
    Bare(ServiceIdentifier),
}

/// Names a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceIdentifier {
    /// What it is.
    #[serde(rename = "type")]
    pub(crate) kind: Option<ServiceType>,
    /// Its id.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub(crate) id: String,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceType {
    /// A service.
    Service,
}

/// The number 1, the text `1` (fastly-rust) or null.
fn active() -> Schema {
    let of = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
    OneOfBuilder::new()
        .item(of(Type::Integer).enum_values(Some([1])))
        .item(of(Type::String).enum_values(Some(["1"])))
        .item(of(Type::Null))
        .into()
}
