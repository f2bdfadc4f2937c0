//! The resource of an invitation.

use serde::Serialize;
use usher_domain::{account::Account, invitation::OpenInvitation};
use usher_http_kit::moment::iso;
use utoipa::ToSchema;

use crate::{
    derived_id::derived_id,
    resource::{Collection, Document, Resource, ToMany, ToOne},
    role::{FastlyRole, role_names},
};

/// The response to a creation.
pub(crate) type InvitationDocument = Document<InvitationResource>;
/// A page of the account's invitations.
pub(crate) type InvitationCollection = Collection<InvitationResource>;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationResource {
    id: String,
    attributes: InvitationAttributes,
    relationships: InvitationRelationships,
}

/// The attributes of an invitation. Only `deleted_at` is ever null, because fastly-py fails at any other null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationAttributes {
    /// The invited address, as the inviter typed it.
    #[schema(format = "email")]
    email: String,
    /// Whether the invitee is limited to the listed services.
    limit_services: bool,
    /// The highest of Fastly's roles that the invitation grants.
    role: FastlyRole,
    /// The names of all roles that the invitation grants, including roles that Fastly does not have.
    roles: Vec<String>,
    /// 1 while the invitation can be accepted, otherwise 0.
    #[schema(minimum = 0, maximum = 1)]
    status_code: u8,
    /// The time of creation.
    #[schema(format = "date-time")]
    created_at: String,
    /// The time of the last change.
    #[schema(format = "date-time")]
    updated_at: String,
    /// The time of deletion.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

/// The relationships of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationRelationships {
    /// The account.
    customer: ToOne,
    /// The services that the invitation grants permissions on. Only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    service_invitations: Option<ToMany>,
}

impl InvitationResource {
    /// The resource in a list.
    #[must_use]
    pub(crate) fn listed(invitation: &OpenInvitation, account: &Account) -> Self {
        let id = invitation.public_id.as_str();
        let services = invitation.grant.services().iter();
        let ids = services.map(|granted| derived_id(&[id, granted.service.as_str()]));
        let mut listed = Self::created(invitation, account);
        listed.relationships.service_invitations = Some(ToMany::new("service_invitation", ids));
        listed
    }

    /// The resource in the response to its creation, without services: fastly-py reads this response with the model of the
    /// request, which accepts neither ids of services nor null.
    #[must_use]
    pub(crate) fn created(invitation: &OpenInvitation, account: &Account) -> Self {
        let customer = ToOne::new("customer", account.public_id.as_str());
        Self {
            id: invitation.public_id.to_string(),
            attributes: InvitationAttributes::new(invitation),
            relationships: InvitationRelationships { customer, service_invitations: None },
        }
    }
}

impl InvitationAttributes {
    /// Only open invitations are shown, so `status_code` is 1 and `deleted_at` is null.
    fn new(invitation: &OpenInvitation) -> Self {
        Self {
            email: invitation.email.to_string(),
            limit_services: invitation.grant.limit_services(),
            role: FastlyRole::shown(&invitation.grant),
            roles: role_names(&invitation.grant),
            status_code: 1,
            created_at: iso(invitation.created_at),
            updated_at: iso(invitation.updated_at),
            deleted_at: None,
        }
    }
}

impl Resource for InvitationResource {
    const TYPE: &'static str = "invitation";
    const SCHEMA: &'static str = "Invitation";
    type Attributes = InvitationAttributes;
    type Relationships = InvitationRelationships;

    fn into_parts(self) -> (String, InvitationAttributes, InvitationRelationships) {
        (self.id, self.attributes, self.relationships)
    }
}

#[cfg(test)]
mod tests;
