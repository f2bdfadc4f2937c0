//! The rows that Usher and the baseline start with, in SQL for both databases.
//!
//! Account 1, `onward`, is the read account: its rows never change. Account 2, `upward`, is the changed account: invitations are
//! created and accepted there.

use std::path::Path;

use usher_testbed::Database;
use usher_tooling::{Failure, output_of};

use crate::{programs::BenchPrograms, server};

/// The read account.
pub(crate) const READ: SeededAccount = SeededAccount { id: 1, name: "onward", owner: "owner@example.com" };
/// The changed account.
pub(crate) const CHANGED: SeededAccount =
    SeededAccount { id: 2, name: "upward", owner: "founder@example.com" };

/// The email address of the invitee with a number. `{nnnnnnnnnn}` stands for the number in ten digits.
pub(crate) const INVITEE: &str = "guest{nnnnnnnnnn}@example.com";
/// The secure id of the invitation with a number.
pub(crate) const SECURE_ID: &str = "AAAAAAAAAAAAAAAAAAAA{nnnnnnnnnn}";

/// An account, and the email address of its administrator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeededAccount {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) owner: &'static str,
}

/// Tokens of the two administrators, valid for a month.
#[derive(Clone)]
pub(crate) struct AdministratorTokens {
    pub(crate) read: String,
    pub(crate) changed: String,
}

/// Creates the tables, both accounts and their administrators, with Usher's command line.
pub(crate) fn create_accounts(
    programs: &BenchPrograms,
    url: &str,
    folder: &Path,
) -> Result<AdministratorTokens, Failure> {
    let usher = |arguments: &[&str]| output_of(server::command(programs, url, folder).args(arguments));
    usher(&["migrate"])?;
    let create = |SeededAccount { id, name, owner }| {
        usher(&["account", "create", "--name", name, "--title", "Onward, Inc."])?;
        let member = ["--account", name, "--email", owner];
        let add = ["member", "add", "--name", "Grace Hopper", "--role", "GlobalAdmin", "--json"];
        let added = usher(&[&add[..], &member].concat())?;
        if !added.contains(&format!("\"id\":{id},")) {
            return Err(format!("the administrator of {name} is not person {id}: {added}").into());
        }
        usher(&[&["token", "issue", "--expires", "31d"][..], &member].concat())
    };
    Ok(AdministratorTokens { read: create(READ)?, changed: create(CHANGED)? })
}

/// SQL for pending invitations with the numbers from `from` to `to`, for SQLite.
pub(crate) fn sqlite_invitations(account: SeededAccount, from: u32, to: u32) -> String {
    invitations(account, from, to, "substr('0000000000' || n, -10)")
}

/// The same for PostgreSQL, where `substr` has no negative start.
pub(crate) fn postgres_invitations(account: SeededAccount, from: u32, to: u32) -> String {
    invitations(account, from, to, "lpad(n::text, 10, '0')")
}

fn invitations(account: SeededAccount, from: u32, to: u32, digits: &str) -> String {
    let id = account.id;
    format!(
        "INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services,
            sponsor, status, generation, created_at, updated_at, sent_at, expires_at, version)
         WITH RECURSIVE numbers (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {to}),
            named AS (SELECT n, {digits} AS digits FROM numbers)
         SELECT 'AAAAAAAAAAAA' || digits, 'AAAAAAAAAAAAAAAAAAAA' || digits, {id}, 'guest' || digits || '@example.com',
            'guest' || digits || '@example.com', 'Ada Lovelace', 'Auditor', false, '', {id}, 'pending', 0,
            '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2126-01-01 00:00:00', 0
         FROM named ORDER BY n;"
    )
}

/// SQL for a thousand members of the changed account. With statistics of almost empty tables, PostgreSQL would choose
/// sequential scans and keep them while the acceptances fill the tables.
pub(crate) const MEMBERS: &str = "
    INSERT INTO person (public_id, email, email_key, email_verified, name, created_at, version)
    SELECT lpad(n::text, 22, 'M'), 'member' || n || '@example.com', 'member' || n || '@example.com', true, 'Ada Lovelace',
        localtimestamp, 0 FROM generate_series(1, 1000) n;
    INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at)
    SELECT 2, id, 'Auditor', false, '', localtimestamp FROM person WHERE public_id LIKE 'MMMMMMMM%'";

/// SQL for people with the ids from `from` to `to`, whom the acceptances of the baseline make members.
pub(crate) fn people(from: u32, to: u32) -> String {
    format!(
        "INSERT INTO person (id, public_id, email, email_key, email_verified, name, created_at, version)
         OVERRIDING SYSTEM VALUE
         SELECT n, lpad(n::text, 22, 'P'), 'person' || n, 'person' || n, true, 'Ada Lovelace', localtimestamp, 0
         FROM generate_series({from}, {to}) n"
    )
}

/// Brings the tables into the state that autovacuum would bring them to, and writes dirty pages to disk.
pub(crate) fn vacuum_and_checkpoint(database: &Database) -> Result<(), Failure> {
    database.sql("VACUUM ANALYZE")?;
    database.sql("CHECKPOINT")?;
    Ok(())
}
