/// The right to do one thing in an account. Usher itself checks the first three. The others matter for the ceiling only: an
/// actor cannot grant permissions that the actor does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Permission {
    /// See the account's invitations.
    ViewInvitations,
    /// Invite people, and revoke or resend invitations within the ceiling.
    InviteMembers,
    /// Set service permissions. A grant that is limited to services but lists no service only takes rights away, so it
    /// does not need this.
    SetServicePermissions,
    /// Read the account's settings and members.
    ViewAccount,
    /// Change the account's settings, members and roles.
    ManageAccount,
    /// Read the account's events.
    ViewEvents,
    /// Read computers.
    ViewComputers,
    /// Manage computers.
    ManageComputers,
    /// Use services and read their statistics.
    UseServices,
    /// Configure services.
    ManageServices,
    /// Read and change billing.
    ManageBilling,
    /// Read TLS settings.
    ViewTls,
    /// Change TLS settings.
    ManageTls,
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission, including those of later versions.
    pub const ALL: Self = Self(u64::MAX);

    /// The set of these permissions.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut rest = permissions;
        let mut bits = 0;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u8;
            rest = others;
        }
        Self(bits)
    }

    /// The permissions in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions in both sets.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The permissions that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set has every permission of `other`.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether the set has the permission.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.covers(Self::of(&[permission]))
    }
}

impl std::fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PermissionSet({:#x})", self.0)
    }
}
