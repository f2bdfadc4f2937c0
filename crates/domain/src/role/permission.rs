/// One thing that a member of an account may do. The first three decide about invitations; the others exist so that
/// nobody grants what they do not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Permission {
    /// See the account's invitations.
    ViewInvitations,
    /// Invite people, and revoke or resend the invitations one could make oneself.
    InviteMembers,
    /// Give permissions on services. A bare limit to services only takes away, and needs no right of its own.
    SetServicePermissions,
    /// Read the account's settings and members.
    ViewAccount,
    /// Change the account's settings, members and roles.
    ManageAccount,
    /// Read what happened in the account.
    ViewEvents,
    /// Read computers.
    ViewComputers,
    /// Work on computers.
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
    /// Every permission, those of later versions included.
    pub const ALL: Self = Self(u64::MAX);

    /// Exactly these.
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

    /// Those of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These without the others.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every permission of `other` is held.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether the one permission is held.
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
