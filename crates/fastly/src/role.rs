use serde::Serialize;
use usher_domain::role::{GLOBAL_ADMIN, Grant};
use utoipa::ToSchema;

/// The six roles that Fastly's clients know. A seventh name in a reply makes fastly-py throw the whole reply away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
pub(crate) enum FastlyRole {
    /// Uses services.
    User,
    /// Reads TLS settings.
    TlsViewer,
    /// Changes TLS settings.
    TlsAdmin,
    /// Reads and changes billing.
    Billing,
    /// Configures services, and invites engineers and users.
    Engineer,
    /// Everything.
    Superuser,
}

impl FastlyRole {
    /// Every role, in the order of Fastly's reference.
    pub(crate) const EVERY: [Self; 6] =
        [Self::User, Self::TlsViewer, Self::TlsAdmin, Self::Billing, Self::Engineer, Self::Superuser];

    /// From the one that says most about its holder to the one that says least.
    const BY_RANK: [Self; 6] =
        [Self::Superuser, Self::Engineer, Self::TlsAdmin, Self::Billing, Self::TlsViewer, Self::User];

    /// Fastly's spelling, which is also the name of the stored role.
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

    /// Reads Fastly's spelling.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|role| role.as_str() == text)
    }

    /// What the attribute `role` says of a stored grant: the highest of Fastly's roles in it, `superuser` for
    /// Landscape's `GlobalAdmin`, which is the same authority, and `user`, the least, for a grant that has none of
    /// Fastly's roles. The attribute `roles` has the whole truth ([`stored_names`]).
    #[must_use]
    pub(crate) fn of(grant: &Grant) -> Self {
        let has = |name: &str| grant.roles().iter().any(|role| role.as_str() == name);
        if has(GLOBAL_ADMIN) {
            return Self::Superuser;
        }
        Self::BY_RANK.into_iter().find(|role| has(role.as_str())).unwrap_or(Self::User)
    }
}

/// What the attribute `roles` says: the names of the roles as they are stored, Fastly's or not.
#[must_use]
pub(crate) fn stored_names(grant: &Grant) -> Vec<String> {
    grant.roles().iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use usher_domain::role::{BUILTIN, RoleName};

    use super::*;

    fn shown(names: &[&str]) -> &'static str {
        let names = names.iter().map(|name| RoleName::parse(name).unwrap()).collect();
        FastlyRole::of(&Grant::from_stored(names, false, Vec::new()).unwrap()).as_str()
    }

    #[test]
    fn each_of_the_six_is_shown_as_itself_and_exists() {
        for role in FastlyRole::EVERY {
            assert_eq!(shown(&[role.as_str()]), role.as_str());
            assert_eq!(FastlyRole::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert!(BUILTIN.iter().any(|builtin| builtin.name == role.as_str()), "{role:?} is a role here");
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
    fn roles_that_fastly_does_not_have_are_shown_as_the_least() {
        assert_eq!(shown(&["Auditor"]), "user");
        assert_eq!(shown(&["SupportAnalyst", "gone"]), "user");
        assert_eq!(shown(&["Auditor", "billing", "gone"]), "billing");
    }

    #[test]
    fn the_stored_names_are_never_translated() {
        let grant = Grant::of_roles(["GlobalAdmin", "Auditor"]).unwrap();
        assert_eq!(stored_names(&grant), ["Auditor", "GlobalAdmin"]);
    }
}
