//! Roles, services and dates in words for invitees.

use chrono::TimeDelta;
use serde::Serialize;
use usher_domain::{
    Timestamp,
    role::{GLOBAL_ADMIN, RoleName, ServiceGrant, ServicePermission},
};
use usher_http_kit::moment::iso;

/// A role with its explanation.
#[derive(Debug, Serialize)]
pub(super) struct RoleLabel {
    label: String,
    meaning: &'static str,
}

/// A service of an invitation that is limited to services.
#[derive(Debug, Serialize)]
pub(super) struct ServiceLabel {
    id: String,
    access: &'static str,
}

/// When an invitation expires.
#[derive(Debug, Serialize)]
pub(super) struct Expiry {
    iso: String,
    date: String,
    remaining: String,
}

/// Names and explains a role. A member who is `limited` to services cannot invite people, whatever the role. An unknown role
/// keeps its own name.
pub(super) fn role(name: &RoleName, limited: bool) -> RoleLabel {
    const EVERYTHING: &str =
        "Can do everything in this account, including inviting people and managing members.";
    const NO_INVITING: &str = "Can do everything in this account except inviting people.";
    let (label, meaning) = match (name.as_str(), limited) {
        (GLOBAL_ADMIN, false) => ("Global administrator", EVERYTHING),
        (GLOBAL_ADMIN, true) => ("Global administrator", NO_INVITING),
        ("superuser", false) => ("Superuser", EVERYTHING),
        ("superuser", true) => ("Superuser", NO_INVITING),
        ("Auditor", _) => (
            "Auditor",
            "Can view the account, its invitations, events and computers, but cannot change them.",
        ),
        ("SupportAnalyst", _) => ("Support analyst", "Can view the account and work on its computers."),
        ("engineer", false) => {
            ("Engineer", "Can configure the account's services, and invite engineers and users.")
        }
        ("engineer", true) => ("Engineer", "Can configure services of the account."),
        ("user", _) => ("User", "Can view the account and use its services."),
        ("billing", _) => ("Billing", "Can view the account and manage its billing."),
        ("tls_admin", _) => ("TLS administrator", "Can view the account and manage its TLS settings."),
        ("tls_viewer", _) => ("TLS viewer", "Can view the account and its TLS settings."),
        (other, _) => (other, ""),
    };
    RoleLabel { label: label.to_owned(), meaning }
}

/// Names a service and the access to it.
pub(super) fn service(grant: &ServiceGrant) -> ServiceLabel {
    let access = match grant.permission {
        ServicePermission::Full => "full access",
        ServicePermission::ReadOnly => "read only",
        ServicePermission::PurgeSelect => "purge single objects",
        ServicePermission::PurgeAll => "purge everything",
    };
    ServiceLabel { id: grant.service.as_str().to_owned(), access }
}

/// The time of expiry in UTC, and how much time is left.
pub(super) fn expiry(at: Timestamp, now: Timestamp) -> Expiry {
    Expiry {
        iso: iso(at),
        date: at.format("%-d %B %Y, %H:%M UTC").to_string(),
        remaining: remaining(at - now),
    }
}

/// Rounds down, so that no visitor comes too late.
fn remaining(rest: TimeDelta) -> String {
    match (rest.num_days(), rest.num_hours(), rest.num_minutes()) {
        (2.., _, _) => format!("{} days left", rest.num_days()),
        (_, 2.., _) => format!("{} hours left", rest.num_hours()),
        (_, _, 2..) => format!("{} minutes left", rest.num_minutes()),
        _ => "less than 2 minutes left".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use usher_domain::role::{BUILTIN, Grant, Permission};

    use super::*;

    #[test]
    fn every_builtin_role_is_explained() {
        for builtin in BUILTIN {
            let name = RoleName::parse(builtin.name).unwrap();
            for limited in [false, true] {
                let grant = Grant::new(vec![name.clone()], limited, Vec::new()).unwrap();
                let label = role(&name, limited);
                assert!(!label.meaning.is_empty(), "{name}");
                let claimed =
                    label.meaning.contains(" inviting people and") || label.meaning.contains(" invite ");
                assert_eq!(claimed, grant.permissions().has(Permission::InviteMembers), "{name}, {limited}");
            }
        }
    }

    #[test]
    fn an_unknown_role_keeps_its_name() {
        let label = role(&RoleName::parse("Gardener").unwrap(), false);
        assert_eq!((label.label.as_str(), label.meaning), ("Gardener", ""));
    }

    #[test]
    fn the_remaining_time_is_rounded_down() {
        let now = Timestamp::from_timestamp(1_710_946_165, 0).unwrap();
        let expiry = |rest| expiry(now + rest, now);
        let fortnight = expiry(TimeDelta::days(14));
        assert_eq!(fortnight.iso, "2024-04-03T14:49:25Z");
        assert_eq!(fortnight.date, "3 April 2024, 14:49 UTC");
        assert_eq!(fortnight.remaining, "14 days left");
        assert_eq!(expiry(TimeDelta::hours(47)).remaining, "47 hours left");
        assert_eq!(expiry(TimeDelta::minutes(119)).remaining, "119 minutes left");
        assert_eq!(expiry(TimeDelta::seconds(119)).remaining, "less than 2 minutes left");
    }
}
