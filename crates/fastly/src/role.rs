//! Roles in Fastly's spelling.

use serde::Serialize;
use usher_domain::role::{GLOBAL_ADMIN, Grant};
use utoipa::ToSchema;

/// The six roles that Fastly's clients know. fastly-py rejects a whole response that contains any other name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
pub(crate) enum FastlyRole {
    /// May use services.
    User,
    /// May read TLS settings.
    TlsViewer,
    /// May change TLS settings.
    TlsAdmin,
    /// May read and change billing.
    Billing,
    /// May configure services, and invite engineers and users.
    Engineer,
    /// May do everything.
    Superuser,
}

impl FastlyRole {
    /// All roles, in the order of Fastly's reference.
    pub(crate) const ALL: [Self; 6] =
        [Self::User, Self::TlsViewer, Self::TlsAdmin, Self::Billing, Self::Engineer, Self::Superuser];

    /// All roles, from the highest to the lowest.
    const BY_RANK: [Self; 6] =
        [Self::Superuser, Self::Engineer, Self::TlsAdmin, Self::Billing, Self::TlsViewer, Self::User];

    /// The name, which is also the name of the stored role.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::TlsViewer => "tls_viewer",
            Self::TlsAdmin => "tls_admin",
            Self::Billing => "billing",
            Self::Engineer => "engineer",
            Self::Superuser => "superuser",
        }
    }

    /// The role with this name.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// The attribute `role` of a stored grant: `superuser` for Landscape's `GlobalAdmin`, which has the same authority; otherwise
    /// the highest of Fastly's roles in the grant; otherwise `user`, the lowest. [`role_names`] has all roles.
    #[must_use]
    pub(crate) fn shown(grant: &Grant) -> Self {
        let has = |name: &str| grant.roles().iter().any(|role| role.as_str() == name);
        if has(GLOBAL_ADMIN) {
            return Self::Superuser;
        }
        Self::BY_RANK.into_iter().find(|role| has(role.as_str())).unwrap_or(Self::User)
    }
}

/// The attribute `roles` of a stored grant: all names as they are stored, including roles that Fastly does not have.
#[must_use]
pub(crate) fn role_names(grant: &Grant) -> Vec<String> {
    grant.roles().iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use usher_domain::role::{BUILTIN, RoleName};

    use super::*;

    fn shown(names: &[&str]) -> &'static str {
        let names = names.iter().map(|name| RoleName::parse(name).unwrap()).collect();
        FastlyRole::shown(&Grant::from_stored(names, false, Vec::new()).unwrap()).as_str()
    }

    #[test]
    fn each_of_fastlys_roles_is_shown_as_itself_and_exists_in_the_domain() {
        for role in FastlyRole::ALL {
            assert_eq!(shown(&[role.as_str()]), role.as_str());
            assert_eq!(FastlyRole::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert!(BUILTIN.iter().any(|builtin| builtin.name == role.as_str()), "{role:?}");
        }
        assert_eq!(FastlyRole::parse("Superuser"), None);
    }

    #[test]
    fn of_several_roles_the_highest_is_shown() {
        let order = ["superuser", "engineer", "tls_admin", "billing", "tls_viewer", "user"];
        for (rank, high) in order.iter().enumerate() {
            for low in &order[rank..] {
                assert_eq!(shown(&[low, high]), *high);
            }
        }
    }

    #[test]
    fn a_global_admin_is_a_superuser() {
        assert_eq!(shown(&["GlobalAdmin"]), "superuser");
        assert_eq!(shown(&["engineer", "GlobalAdmin"]), "superuser");
    }

    #[test]
    fn roles_that_fastly_does_not_have_are_shown_as_user() {
        assert_eq!(shown(&["Auditor"]), "user");
        assert_eq!(shown(&["SupportAnalyst", "gone"]), "user");
        assert_eq!(shown(&["Auditor", "billing", "gone"]), "billing");
    }

    #[test]
    fn all_names_are_shown_as_they_are_stored() {
        let grant = Grant::of_roles(["GlobalAdmin", "Auditor"]).unwrap();
        assert_eq!(role_names(&grant), ["Auditor", "GlobalAdmin"]);
    }
}
