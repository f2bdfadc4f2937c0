//! The members of the objects in a body.

use usher_http_kit::json::Members;

/// The members of a resource in JSON:API. Ids of new resources are ignored.
pub(super) const RESOURCE: Members<'_> = Members::Known(&["type", "id", "attributes", "relationships"]);

/// The members of a resource, or of its wrapper.
pub(super) const RESOURCE_OR_DATA: Members<'_> =
    Members::Known(&["type", "id", "attributes", "relationships", "data"]);

/// The attributes of an invitation to create.
pub(super) const ATTRIBUTES: Members<'_> =
    Members::Known(&["email", "limit_services", "role", "roles", "status_code"]);
