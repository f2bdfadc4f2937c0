//! Roles: named sets of permissions, and what a membership grants with them.

mod builtin;
mod grant;
mod name;
mod permission;

pub use builtin::{BUILTIN, GLOBAL_ADMIN, Role, find};
pub use grant::{Grant, GrantError, ServiceGrant, ServiceId, ServicePermission};
pub use name::{RoleName, RoleNameError};
pub use permission::{Permission, PermissionSet};
