use super::{Permission, PermissionSet};

/// A named set of permissions.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// The name in the APIs.
    pub name: &'static str,
    /// Its permissions in the whole account.
    pub permissions: PermissionSet,
}

/// Landscape's role with every permission, and its default for invitations without roles.
pub const GLOBAL_ADMIN: &str = "GlobalAdmin";

/// The permissions of a Fastly `user`.
const USER: PermissionSet = PermissionSet::of(&[Permission::ViewAccount, Permission::UseServices]);

/// The permissions of a Fastly `engineer`: those of a user, and those to manage services and invite.
const ENGINEER: PermissionSet = USER.union(PermissionSet::of(&[
    Permission::ManageServices,
    Permission::ViewInvitations,
    Permission::InviteMembers,
]));

/// The roles of every account: Landscape's three, then Fastly's six. `GlobalAdmin` and `superuser` are equal. The sets alone
/// decide who may invite whom: an engineer may invite engineers and users only.
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

/// The role of exactly this name, if it exists.
pub(super) fn named(name: &str) -> Option<&'static Role> {
    BUILTIN.iter().find(|role| role.name == name)
}
