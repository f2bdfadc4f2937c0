//! Roles, services and moments in words that an invitee understands.

use chrono::TimeDelta;
use serde::Serialize;
use usher_domain::{
    Timestamp,
    role::{GLOBAL_ADMIN, RoleName, ServiceGrant, ServicePermission},
};

use crate::moment::iso;

/// A role as a person reads it.
#[derive(Debug, Serialize)]
pub(super) struct RoleWords {
    label: String,
    meaning: &'static str,
}

/// One service of a limited invitation.
#[derive(Debug, Serialize)]
pub(super) struct ServiceWords {
    id: String,
    access: &'static str,
}

/// When an invitation ends.
#[derive(Debug, Serialize)]
pub(super) struct EndWords {
    iso: String,
    words: String,
    remaining: String,
}

/// Names and explains a role; whoever is `limited` to services invites nobody, whatever the role says otherwise. A role
/// that we have no words for is called by its own name.
pub(super) fn role(name: &RoleName, limited: bool) -> RoleWords {
    const EVERYTHING: &str =
        "May do everything in this account, including inviting people and managing members.";
    const NO_INVITING: &str = "May do everything in this account except inviting people.";
    let (label, meaning) = match (name.as_str(), limited) {
        (GLOBAL_ADMIN, false) => ("Global administrator", EVERYTHING),
        (GLOBAL_ADMIN, true) => ("Global administrator", NO_INVITING),
        ("superuser", false) => ("Superuser", EVERYTHING),
        ("superuser", true) => ("Superuser", NO_INVITING),
        ("Auditor", _) => {
            ("Auditor", "May look at the account, its invitations, events and computers, and change nothing.")
        }
        ("SupportAnalyst", _) => ("Support analyst", "May look at the account, and work on its computers."),
        ("engineer", false) => {
            ("Engineer", "May configure the account's services, and invite engineers and users.")
        }
        ("engineer", true) => ("Engineer", "May configure services of the account."),
        ("user", _) => ("User", "May look at the account, and use its services."),
        ("billing", _) => ("Billing", "May look at the account, and manage its billing."),
        ("tls_admin", _) => ("TLS administrator", "May look at the account, and manage its TLS settings."),
        ("tls_viewer", _) => ("TLS viewer", "May look at the account and its TLS settings."),
        (other, _) => (other, ""),
    };
    RoleWords { label: label.to_owned(), meaning }
}

/// Names a service and what is allowed there.
pub(super) fn service(grant: &ServiceGrant) -> ServiceWords {
    let access = match grant.permission {
        ServicePermission::Full => "full access",
        ServicePermission::ReadOnly => "read only",
        ServicePermission::PurgeSelect => "purge single objects",
        ServicePermission::PurgeAll => "purge everything",
    };
    ServiceWords { id: grant.service.as_str().to_owned(), access }
}

/// A moment in UTC, and how far off it is.
pub(super) fn end(at: Timestamp, now: Timestamp) -> EndWords {
    EndWords {
        iso: iso(at),
        words: at.format("%-d %B %Y, %H:%M UTC").to_string(),
        remaining: remaining(at - now),
    }
}

/// Rounded down: nobody should count on the rest.
fn remaining(rest: TimeDelta) -> String {
    match (rest.num_days(), rest.num_hours(), rest.num_minutes()) {
        (2.., _, _) => format!("{} days left", rest.num_days()),
        (_, 2.., _) => format!("{} hours left", rest.num_hours()),
        (_, _, 2..) => format!("{} minutes left", rest.num_minutes()),
        _ => "about to end".to_owned(),
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
                let words = role(&name, limited);
                assert!(!words.meaning.is_empty(), "{name}");
                let promised =
                    words.meaning.contains(" inviting people and") || words.meaning.contains(" invite ");
                assert_eq!(promised, grant.permissions().has(Permission::InviteMembers), "{name}, {limited}");
            }
        }
    }

    #[test]
    fn an_unknown_role_keeps_its_name() {
        let words = role(&RoleName::parse("Gardener").unwrap(), false);
        assert_eq!((words.label.as_str(), words.meaning), ("Gardener", ""));
    }

    #[test]
    fn moments() {
        let now = Timestamp::from_timestamp(1_710_946_165, 0).unwrap();
        let words = |rest| end(now + rest, now);
        let fortnight = words(TimeDelta::days(14));
        assert_eq!(fortnight.iso, "2024-04-03T14:49:25Z");
        assert_eq!(fortnight.words, "3 April 2024, 14:49 UTC");
        assert_eq!(fortnight.remaining, "14 days left");
        assert_eq!(words(TimeDelta::hours(47)).remaining, "47 hours left");
        assert_eq!(words(TimeDelta::minutes(119)).remaining, "119 minutes left");
        assert_eq!(words(TimeDelta::seconds(119)).remaining, "about to end");
    }
}
