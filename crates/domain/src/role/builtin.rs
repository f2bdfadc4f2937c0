use super::{Permission, PermissionSet};

/// A named set of permissions.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// As the APIs spell it.
    pub name: &'static str,
    /// What it allows in the whole account.
    pub permissions: PermissionSet,
}

/// Landscape's name of the role that holds every permission, and its default for invitations without roles.
pub const GLOBAL_ADMIN: &str = "GlobalAdmin";

/// What a Fastly `user` may do.
const USER: PermissionSet = PermissionSet::of(&[Permission::ViewAccount, Permission::UseServices]);

/// What a Fastly `engineer` may do: a user's rights, services, and inviting within them.
const ENGINEER: PermissionSet = USER.union(PermissionSet::of(&[
    Permission::ManageServices,
    Permission::ViewInvitations,
    Permission::InviteMembers,
]));

/// The roles that every account has: Landscape's three, then Fastly's six. `GlobalAdmin` and `superuser` are the same
/// authority. That an engineer may invite engineers and users, and nobody else, follows from the sets alone.
pub const BUILTIN: &[Role] = &[
    Role { name: GLOBAL_ADMIN, permissions: PermissionSet::ALL },
    Role {
        name: "Auditor",
        permissions: PermissionSet::of(&[
            Permission::ViewAccount,
            Permission::ViewInvitations,
            Permission::ViewEvents,
            Permission::ViewComputers,
        ]),
    },
    Role {
        name: "SupportAnalyst",
        permissions: PermissionSet::of(&[
            Permission::ViewAccount,
            Permission::ViewComputers,
            Permission::ManageComputers,
        ]),
    },
    Role { name: "superuser", permissions: PermissionSet::ALL },
    Role { name: "engineer", permissions: ENGINEER },
    Role { name: "user", permissions: USER },
    Role {
        name: "billing",
        permissions: PermissionSet::of(&[Permission::ViewAccount, Permission::ManageBilling]),
    },
    Role {
        name: "tls_admin",
        permissions: PermissionSet::of(&[
            Permission::ViewAccount,
            Permission::ViewTls,
            Permission::ManageTls,
        ]),
    },
    Role {
        name: "tls_viewer",
        permissions: PermissionSet::of(&[Permission::ViewAccount, Permission::ViewTls]),
    },
];

/// The role of that exact name, if there is one.
pub(super) fn named(name: &str) -> Option<&'static Role> {
    BUILTIN.iter().find(|role| role.name == name)
}
