//! The body of `POST /invitations` as types, for the OpenAPI document: what is accepted, in which shapes.
#![expect(unused_qualifications, reason = "in what utoipa derives for optional members")]

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type},
};

use crate::http::fastly::{permission::Permission, role::Role};

/// Invites somebody. Members that are not listed are ignored; `null` counts as absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitationRequest {
    /// The invitation.
    pub data: RequestedInvitation,
}

/// The invitation to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestedInvitation {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Option<InvitationType>,
    /// Whom, and as what.
    pub attributes: RequestedAttributes,
    /// On which services.
    pub relationships: Option<RequestedRelationships>,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationType {
    /// An invitation.
    Invitation,
}

/// Whom to invite, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestedAttributes {
    /// The address that the invitation goes to.
    #[schema(format = "email")]
    pub email: String,
    /// Whether the invitee will reach only the listed services. Without it: whether services are listed.
    pub limit_services: Option<bool>,
    /// One of Fastly's roles. Without this and `roles` it is `user`.
    pub role: Option<Role>,
    /// Names of roles of the account, granted beside `role`.
    pub roles: Option<Vec<String>>,
    /// An invitation is active from its creation: 1, or left out.
    #[schema(schema_with = active)]
    pub status_code: Option<Value>,
}

/// What the invitation belongs to, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestedRelationships {
    /// Ignored, whatever it is: the credential decides for which customer it is.
    pub customer: Option<Value>,
    /// The services to give rights on.
    pub service_invitations: Option<RequestedServiceInvitations>,
}

/// A list of service invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestedServiceInvitations {
    /// Each service once.
    pub data: Option<Vec<RequestedServiceInvitation>>,
}

/// A service invitation, as Fastly's documentation has it or as the typed models of its clients write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RequestedServiceInvitation {
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
pub struct ServiceInvitation {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Option<ServiceInvitationType>,
    /// What is allowed.
    pub attributes: Option<ServiceInvitationAttributes>,
    /// Where.
    pub relationships: ServiceInvitationRelationships,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceInvitationType {
    /// A service invitation.
    ServiceInvitation,
}

/// What is allowed with the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceInvitationAttributes {
    /// Without it, `full`.
    pub permission: Option<Permission>,
}

/// Which service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceInvitationRelationships {
    /// The service.
    pub service: RequestedService,
}

/// A service, as Fastly's documentation has it or as the typed models of its clients write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RequestedService {
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
pub struct ServiceIdentifier {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Option<ServiceType>,
    /// Its id.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub id: String,
}

/// The one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceType {
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
