//! The response of `GET /current_user`.

use serde::Serialize;
use usher_domain::principal::Actor;
use usher_http_kit::moment::iso;
use utoipa::ToSchema;

use crate::role::{FastlyRole, role_names};

/// The caller, as plain JSON without JSON:API. Clients read the customer's id here.
///
/// Usher has no locking, no forced change of passwords and no second factor. Their members are always false, because clients
/// expect them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the members are Fastly's")]
pub(crate) struct CurrentUser {
    /// The id of the person.
    #[schema(pattern = "^[0-9A-Za-z]{22}$")]
    id: String,
    /// The e-mail address.
    #[schema(format = "email")]
    login: String,
    /// The name that others see.
    name: String,
    /// The id of the account that the token acts in.
    #[schema(pattern = "^[0-9A-Za-z]{22}$")]
    customer_id: String,
    /// The highest of Fastly's roles that the person has in the account.
    role: FastlyRole,
    /// The names of all roles in the account, including roles that Fastly does not have.
    roles: Vec<String>,
    /// Whether the person is limited to some services of the account.
    limit_services: bool,
    /// Always false.
    locked: bool,
    /// Always false.
    require_new_password: bool,
    /// Always false.
    two_factor_auth_enabled: bool,
    /// Always false.
    two_factor_setup_required: bool,
    /// The time when the person was created.
    #[schema(format = "date-time")]
    created_at: String,
    /// The same time as `created_at`.
    #[schema(format = "date-time")]
    updated_at: String,
    /// Always null.
    #[schema(format = "date-time", required)]
    deleted_at: Option<String>,
}

impl CurrentUser {
    /// The user behind a member.
    #[must_use]
    pub(crate) fn new(actor: &Actor) -> Self {
        let grant = &actor.membership.grant;
        let created_at = iso(actor.person.created_at);
        Self {
            id: actor.person.public_id.to_string(),
            login: actor.person.email.to_string(),
            name: actor.person.name.to_string(),
            customer_id: actor.account.public_id.to_string(),
            role: FastlyRole::shown(grant),
            roles: role_names(grant),
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
    use insta::assert_json_snapshot;
    use usher_domain::role::Grant;

    use super::*;
    use crate::test_data;

    #[test]
    fn the_caller_is_one_flat_object() {
        let grant = Grant::of_roles(["GlobalAdmin", "billing"]).unwrap();
        assert_json_snapshot!(CurrentUser::new(&test_data::actor(grant)), @r#"
        {
          "id": "4Ab7cDeFgH1jKlMnOpQrSt",
          "login": "Jane@Example.com",
          "name": "Jane Roe",
          "customer_id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky",
          "role": "superuser",
          "roles": [
            "GlobalAdmin",
            "billing"
          ],
          "limit_services": false,
          "locked": false,
          "require_new_password": false,
          "two_factor_auth_enabled": false,
          "two_factor_setup_required": false,
          "created_at": "2026-03-04T05:06:07Z",
          "updated_at": "2026-03-04T05:06:07Z",
          "deleted_at": null
        }
        "#);
    }
}
