//! Translates the errors of both databases into the store's errors. No other module reads their messages.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use usher_domain::port::{StoreError, store::Constraint};

/// Every unique constraint: its name in PostgreSQL's reports, its columns in SQLite's reports, and its meaning.
const UNIQUE: [(&str, &str, Constraint); 17] = [
    ("unique_account_name", "account.name", Constraint::AccountName),
    ("unique_account_public_id", "account.public_id", Constraint::RandomId),
    ("unique_person_email_key", "person.email_key", Constraint::PersonEmail),
    ("unique_person_public_id", "person.public_id", Constraint::RandomId),
    ("unique_membership", "membership.account_id, membership.person_id", Constraint::Membership),
    (
        "unique_pending_invitation",
        "invitation.account_id, invitation.email_key",
        Constraint::PendingInvitation,
    ),
    ("unique_invitation_public_id", "invitation.public_id", Constraint::RandomId),
    ("unique_invitation_secure_id", "invitation.secure_id", Constraint::RandomId),
    ("unique_access_token_public_id", "access_token.public_id", Constraint::RandomId),
    ("unique_access_token_digest", "access_token.digest", Constraint::RandomId),
    ("unique_idempotency_key_digest", "idempotency_key.digest", Constraint::IdempotencyKey),
    ("unique_delivery_reference", "delivery.reference", Constraint::RandomId),
    (
        "unique_queued_delivery",
        "queued_delivery.kind, queued_delivery.account_id, queued_delivery.due_at, queued_delivery.delivery_id",
        Constraint::RandomId,
    ),
    ("unique_mail_quota", "mail_quota.subject", Constraint::RandomId),
    ("unique_lease", "lease.name", Constraint::RandomId),
    ("unique_failed_sign_in", "failed_sign_in.name", Constraint::SignIns),
    ("unique_known_network", "known_network.person_id, known_network.network", Constraint::SignIns),
];

/// The start of SQLite's report; the columns follow.
const SQLITE_UNIQUE: &str = "UNIQUE constraint failed: ";

/// Translates diesel's error.
///
/// Most reports of a database mean the same to a caller: a full disk, a lock or statement that took too long, a database that
/// stayed locked, a server that is shutting down. They are [`StoreError::Unreachable`]: the transaction is gone, so a
/// repetition is safe. `usher-postgres` reports deadlocks as serialization failures. A violated rule that has no meaning here, and errors of diesel itself, are
/// defects.
pub(crate) fn store_error(error: Error) -> StoreError {
    match error {
        Error::DatabaseError(kind, report) => reported(kind, report.as_ref()),
        // The cause. The failed rollback only says that the connection is lost.
        Error::RollbackErrorOnCommit { commit_error, .. } => store_error(*commit_error),
        Error::BrokenTransactionManager => StoreError::Unreachable(error.to_string()),
        defect => StoreError::Defect(defect.to_string()),
    }
}

fn reported(kind: DatabaseErrorKind, report: &dyn DatabaseErrorInformation) -> StoreError {
    // Only the report's first line: PostgreSQL's details quote values of the row.
    let message = report.message().trim_end();
    match kind {
        DatabaseErrorKind::UniqueViolation => match named(report) {
            Some(constraint) => StoreError::Conflict(constraint),
            None => StoreError::defect(message),
        },
        // A row that this unit read and refers to is gone. This is treated like a changed row.
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::SerializationFailure => {
            StoreError::Contended
        }
        DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => StoreError::defect(message),
        _ => StoreError::Unreachable(message.to_owned()),
    }
}

/// The meaning of the violated unique constraint, if it has one.
fn named(report: &dyn DatabaseErrorInformation) -> Option<Constraint> {
    let columns = report.message().strip_prefix(SQLITE_UNIQUE);
    let name = report.constraint_name();
    let known = UNIQUE.iter().find(|(index, of, _)| name == Some(index) || columns == Some(of));
    known.map(|(.., constraint)| *constraint)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The SQL of all migrations, in no particular order.
    fn schema(database: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
        let migrations = fs::read_dir(folder).unwrap().map(|migration| migration.unwrap().path());
        migrations.map(|migration| fs::read_to_string(migration.join("up.sql")).unwrap()).collect()
    }

    #[test]
    fn every_rule_of_uniqueness_is_in_the_table() {
        for schema in ["postgres", "sqlite"].map(schema) {
            for (name, columns, _) in UNIQUE {
                let (table, _) = columns.split_once('.').unwrap();
                let columns = columns.replace(&format!("{table}."), "");
                let index = format!("CREATE UNIQUE INDEX {name} ON {table} ({columns})");
                let key = format!("CONSTRAINT {name} PRIMARY KEY ({columns})");
                assert!(schema.contains(&index) || schema.contains(&key), "{name}");
            }
            let rules = ["CREATE UNIQUE", "CONSTRAINT unique_"].map(|rule| schema.matches(rule).count());
            assert_eq!(rules.iter().sum::<usize>(), UNIQUE.len());
        }
    }

    #[test]
    fn a_violation_without_a_meaning_is_a_defect() {
        let kinds = [
            DatabaseErrorKind::UniqueViolation,
            DatabaseErrorKind::CheckViolation,
            DatabaseErrorKind::NotNullViolation,
        ];
        for kind in kinds {
            let error = store_error(Error::DatabaseError(kind, Box::new("of some rule".to_owned())));
            assert_eq!(error, StoreError::defect("of some rule"));
        }
        assert!(matches!(store_error(Error::NotFound), StoreError::Defect(_)));
    }

    #[test]
    fn an_unknown_report_is_unreachable_and_a_lost_race_contended() {
        let report =
            |kind, message: &str| store_error(Error::DatabaseError(kind, Box::new(message.to_owned())));
        for message in ["database is locked", "disk I/O error", "database or disk is full"] {
            let error = report(DatabaseErrorKind::Unknown, message);
            assert_eq!(error, StoreError::Unreachable(message.to_owned()));
        }
        assert_eq!(report(DatabaseErrorKind::SerializationFailure, ""), StoreError::Contended);
        assert_eq!(report(DatabaseErrorKind::ForeignKeyViolation, ""), StoreError::Contended);
    }
}
