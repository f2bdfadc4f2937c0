use super::{Permission, PermissionSet, RoleName, ServiceGrant};

/// Maximum services in a grant. It keeps a page of invitations small.
pub const MAX_SERVICES: usize = 256;

/// Why a grant is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// No role.
    #[error("at least one role is needed")]
    NoRole,
    /// A role that does not exist.
    #[error("there is no role named {0}")]
    UnknownRole(String),
    /// More services than [`MAX_SERVICES`].
    #[error("at most {MAX_SERVICES} services can be listed")]
    TooManyServices,
    /// The same service twice.
    #[error("service {0} is listed twice")]
    RepeatedService(String),
}

/// The rights of a membership, which an invitation offers: roles, and optionally a limit to services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    roles: Vec<RoleName>,
    limit_services: bool,
    services: Vec<ServiceGrant>,
}

impl Grant {
    /// A grant of existing roles. Roles are sorted by name and deduplicated, services are sorted by id.
    pub fn new(
        mut roles: Vec<RoleName>,
        limit_services: bool,
        mut services: Vec<ServiceGrant>,
    ) -> Result<Self, GrantError> {
        if let Some(unknown) = roles.iter().find(|name| name.role().is_none()) {
            return Err(GrantError::UnknownRole(unknown.to_string()));
        }
        if roles.is_empty() {
            return Err(GrantError::NoRole);
        }
        if services.len() > MAX_SERVICES {
            return Err(GrantError::TooManyServices);
        }
        roles.sort();
        roles.dedup();
        services.sort();
        let repeated = services.windows(2).find_map(|pair| match pair {
            [a, b] if a.service == b.service => Some(a.service.as_str().to_owned()),
            _ => None,
        });
        match repeated {
            Some(service) => Err(GrantError::RepeatedService(service)),
            None => Ok(Self { roles, limit_services, services }),
        }
    }

    /// A grant of roles in the whole account.
    pub fn of_roles<'a>(roles: impl IntoIterator<Item = &'a str>) -> Result<Self, GrantError> {
        let names = roles
            .into_iter()
            .map(|name| RoleName::parse(name).map_err(|_| GrantError::UnknownRole(name.to_owned())))
            .collect::<Result<_, _>>()?;
        Self::new(names, false, Vec::new())
    }

    /// Wraps a stored grant. A role that no longer exists grants nothing and cannot be handed out. Returns `None` without a
    /// role.
    #[must_use]
    pub fn from_stored(
        roles: Vec<RoleName>,
        limit_services: bool,
        services: Vec<ServiceGrant>,
    ) -> Option<Self> {
        if roles.is_empty() { None } else { Some(Self { roles, limit_services, services }) }
    }

    /// The roles, sorted by name. There is at least one.
    #[must_use]
    pub fn roles(&self) -> &[RoleName] {
        &self.roles
    }

    /// Whether the member reaches only the listed services.
    #[must_use]
    pub const fn limit_services(&self) -> bool {
        self.limit_services
    }

    /// The service grants, sorted by service.
    #[must_use]
    pub fn services(&self) -> &[ServiceGrant] {
        &self.services
    }

    /// The permissions of a member with this grant. A member who is limited to services may not see or create invitations, nor
    /// set service permissions (Fastly: "engineers with no per-service limitations").
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        const WITHOUT_SERVICE_LIMIT: PermissionSet = PermissionSet::of(&[
            Permission::ViewInvitations,
            Permission::InviteMembers,
            Permission::SetServicePermissions,
        ]);
        let whole = self.role_permissions();
        if self.limit_services { whole.without(WITHOUT_SERVICE_LIMIT) } else { whole }
    }

    /// The ceiling: whether a member with this grant may hand out `other`. A member grants only permissions that the member
    /// has. Service permissions need [`Permission::SetServicePermissions`].
    #[must_use]
    pub fn may_hand_out(&self, other: &Self) -> bool {
        let held = self.permissions();
        held.has(Permission::InviteMembers)
            && other.roles.iter().all(|name| name.role().is_some())
            && held.covers(other.permissions())
            && (other.services.is_empty() || held.has(Permission::SetServicePermissions))
    }

    /// Whether a member with this grant may take `other` back. A member may take back a grant that the member could
    /// hand out. A member with every permission may take any grant back, even one whose roles no longer exist.
    #[must_use]
    pub fn may_take_back(&self, other: &Self) -> bool {
        self.permissions() == PermissionSet::ALL || self.may_hand_out(other)
    }

    fn role_permissions(&self) -> PermissionSet {
        self.roles
            .iter()
            .filter_map(RoleName::role)
            .fold(PermissionSet::NONE, |sum, role| sum.union(role.permissions))
    }
}
