use serde::Serialize;
use usher_domain::principal::Actor;
use utoipa::ToSchema;

use super::role::{FastlyRole, stored_names};
use usher_http_kit::moment::iso;

/// The answer of `GET /current_user`: flat, not JSON:API. Clients ask for it to learn the customer's id.
///
/// Locking, forced new passwords and second factors do not exist here; their members say so, because clients read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the members are Fastly's")]
pub(crate) struct CurrentUser {
    /// The person.
    #[schema(pattern = "^[0-9A-Za-z]{22}$")]
    id: String,
    /// The e-mail address.
    #[schema(format = "email")]
    login: String,
    /// What others read.
    name: String,
    /// The account that the credential acts in.
    #[schema(pattern = "^[0-9A-Za-z]{22}$")]
    customer_id: String,
    /// The one of Fastly's roles that says most about the person there.
    role: FastlyRole,
    /// The names of all roles there, Fastly's or not.
    roles: Vec<String>,
    /// Whether the person reaches only some services there.
    limit_services: bool,
    /// Always false.
    locked: bool,
    /// Always false.
    require_new_password: bool,
    /// Always false.
    two_factor_auth_enabled: bool,
    /// Always false.
    two_factor_setup_required: bool,
    /// When the person was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// The same moment.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Always null: whoever is gone asks nothing.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

impl CurrentUser {
    /// Who asks.
    #[must_use]
    pub(crate) fn of(actor: &Actor) -> Self {
        let grant = &actor.membership.grant;
        let created_at = iso(actor.person.created_at);
        Self {
            id: actor.person.public_id.to_string(),
            login: actor.person.email.to_string(),
            name: actor.person.name.to_string(),
            customer_id: actor.account.public_id.to_string(),
            role: FastlyRole::of(grant),
            roles: stored_names(grant),
            limit_services: grant.limit_services(),
            locked: false,
            require_new_password: false,
            two_factor_auth_enabled: false,
            two_factor_setup_required: false,
            updated_at: created_at.clone(),
            created_at,
            deleted_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use usher_domain::role::Grant;

    use super::*;
    use crate::samples;

    #[test]
    fn the_caller_is_shown_in_one_flat_object() {
        let user = CurrentUser::of(&samples::actor(Grant::of_roles(["GlobalAdmin", "billing"]).unwrap()));
        let expected = json!({
            "id": samples::PERSON,
            "login": "Jane@Example.com",
            "name": "Jane Roe",
            "customer_id": samples::CUSTOMER,
            "role": "superuser",
            "roles": ["GlobalAdmin", "billing"],
            "limit_services": false,
            "locked": false,
            "require_new_password": false,
            "two_factor_auth_enabled": false,
            "two_factor_setup_required": false,
            "created_at": "2026-03-04T05:06:07Z",
            "updated_at": "2026-03-04T05:06:07Z",
            "deleted_at": null,
        });
        assert_eq!(serde_json::to_value(user).unwrap(), expected);
    }
}
