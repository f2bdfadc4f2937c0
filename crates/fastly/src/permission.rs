//! Permissions on services in Fastly's spelling.

use serde::Serialize;
use usher_domain::role::ServicePermission;
use utoipa::ToSchema;

/// A permission on one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Permission)]
pub(crate) enum FastlyPermission {
    /// Full access.
    Full,
    /// Read access.
    ReadOnly,
    /// Purge single objects.
    PurgeSelect,
    /// Purge everything.
    PurgeAll,
}

impl From<ServicePermission> for FastlyPermission {
    fn from(permission: ServicePermission) -> Self {
        match permission {
            ServicePermission::Full => Self::Full,
            ServicePermission::ReadOnly => Self::ReadOnly,
            ServicePermission::PurgeSelect => Self::PurgeSelect,
            ServicePermission::PurgeAll => Self::PurgeAll,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_is_written_as_the_domain_reads_it() {
        for permission in ServicePermission::EVERY {
            let spelled = serde_json::to_value(FastlyPermission::from(permission)).unwrap();
            assert_eq!(spelled.as_str().and_then(ServicePermission::parse), Some(permission));
        }
    }
}
