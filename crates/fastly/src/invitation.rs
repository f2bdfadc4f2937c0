use serde::Serialize;
use usher_domain::{account::Account, invitation::OpenInvitation};
use utoipa::ToSchema;

use super::{
    derived::derived_id,
    resource::{Collection, Document, Resource, ToMany, ToOne},
    role::{FastlyRole, stored_names},
};
use usher_http_kit::moment::iso;

/// The answer to an invitation that was made.
pub(crate) type InvitationDocument = Document<InvitationResource>;
/// A part of the account's invitations.
pub(crate) type InvitationCollection = Collection<InvitationResource>;

/// An invitation as Fastly's clients read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationResource {
    id: String,
    attributes: InvitationAttributes,
    relationships: InvitationRelationships,
}

/// What an invitation says. No member is ever null but `deleted_at`: fastly-py gives up at the first null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationAttributes {
    /// Whom, as the inviter typed it.
    #[schema(format = "email")]
    email: String,
    /// Whether the invitee will reach only the listed services.
    limit_services: bool,
    /// The one of Fastly's roles that says most about the invitee.
    role: FastlyRole,
    /// The names of all roles, Fastly's or not.
    roles: Vec<String>,
    /// 1 while it can be accepted, 0 from then on.
    #[schema(minimum = 0, maximum = 1)]
    status_code: u8,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When anything of it changed last.
    #[schema(format = "date-time")]
    updated_at: String,
    /// When it was deleted.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

/// What an invitation belongs to, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationRelationships {
    /// The account.
    customer: ToOne,
    /// The services that it gives rights on; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    service_invitations: Option<ToMany>,
}

impl InvitationResource {
    /// As it stands in a list.
    #[must_use]
    pub(crate) fn listed(invitation: &OpenInvitation, account: &Account) -> Self {
        let id = invitation.public_id.as_str();
        let services = invitation.grant.services().iter();
        let ids = services.map(|granted| derived_id(&[id, granted.service.as_str()]));
        let service_invitations = Some(ToMany::new("service_invitation", ids));
        let created = Self::created(invitation, account);
        Self {
            relationships: InvitationRelationships { service_invitations, ..created.relationships },
            ..created
        }
    }

    /// As it stands in the answer to its creation: without its services. fastly-py reads this answer with the model of
    /// the request as well, which does not accept their ids, nor null.
    #[must_use]
    pub(crate) fn created(invitation: &OpenInvitation, account: &Account) -> Self {
        let customer = ToOne::new("customer", account.public_id.as_str());
        Self {
            id: invitation.public_id.to_string(),
            attributes: InvitationAttributes::of(invitation),
            relationships: InvitationRelationships { customer, service_invitations: None },
        }
    }
}

impl InvitationAttributes {
    /// Whoever asks for one that is not open is told that there is none: so nothing shown has ended, or was deleted.
    fn of(invitation: &OpenInvitation) -> Self {
        Self {
            email: invitation.email.to_string(),
            limit_services: invitation.grant.limit_services(),
            role: FastlyRole::of(&invitation.grant),
            roles: stored_names(&invitation.grant),
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
