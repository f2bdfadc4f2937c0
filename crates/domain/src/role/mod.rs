//! Roles, permissions, and the grants that are made of them.

mod builtin;
mod grant;
mod name;
mod permission;
mod service;

pub use builtin::{BUILTIN, GLOBAL_ADMIN, Role};
pub use grant::{Grant, GrantError, MAX_SERVICES};
pub use name::{RoleName, RoleNameError};
pub use permission::{Permission, PermissionSet};
pub use service::{ServiceGrant, ServiceId, ServicePermission};
