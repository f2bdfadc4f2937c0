//! The same rows for Usher and for the floors, in SQL that both databases know.
//!
//! Account 1, `onward`, is read and stays as it is; account 2, `upward`, gets what is created, and loses what is accepted.

use std::path::Path;

use usher_testbed::Database;

use super::{
    programs::{Programs, output_of},
    server,
};
use crate::shell::Failure;

/// The account that is read: its number, its name, and the address of its administrator.
pub(super) const READ: Account = Account { id: 1, name: "onward", owner: "owner@example.com" };
/// The account that is changed.
pub(super) const CHANGED: Account = Account { id: 2, name: "upward", owner: "founder@example.com" };

/// The address of the invitee of a number, and what the link names; `{nnnnnnnnnn}` is the number.
pub(super) const GUEST: &str = "guest{nnnnnnnnnn}@example.com";
pub(super) const SECURE_ID: &str = "AAAAAAAAAAAAAAAAAAAA{nnnnnnnnnn}";

#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) owner: &'static str,
}

/// Tokens of the two administrators, good for a month.
#[derive(Clone)]
pub(super) struct Tokens {
    pub(super) read: String,
    pub(super) changed: String,
}

/// Makes the tables, both accounts and their administrators, with Usher's own program.
pub(super) fn accounts(programs: &Programs, url: &str, folder: &Path) -> Result<Tokens, Failure> {
    let usher = |arguments: &[&str]| output_of(server::command(programs, url, folder).args(arguments));
    usher(&["migrate"])?;
    let make = |Account { id, name, owner }| {
        usher(&["account", "create", "--name", name, "--title", "Onward, Inc."])?;
        let who = ["--account", name, "--email", owner];
        let add = ["member", "add", "--name", "Grace Hopper", "--role", "GlobalAdmin", "--json"];
        let added = usher(&[&add[..], &who].concat())?;
        if !added.contains(&format!("\"id\":{id},")) {
            return Err(format!("the administrator of {name} is not person {id}: {added}").into());
        }
        usher(&[&["token", "issue", "--expires", "31d"][..], &who].concat())
    };
    Ok(Tokens { read: make(READ)?, changed: make(CHANGED)? })
}

/// SQL for pending invitations of these numbers.
pub(super) fn invitations(account: Account, from: u32, to: u32) -> String {
    let id = account.id;
    let number = "substr('0000000000' || n, -10)";
    // PostgreSQL knows no negative start: `right` there.
    format!(
        "INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services,
            sponsor, status, generation, created_at, updated_at, sent_at, expires_at, version)
         WITH RECURSIVE numbers (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {to}),
            named AS (SELECT n, {number} AS digits FROM numbers)
         SELECT 'AAAAAAAAAAAA' || digits, 'AAAAAAAAAAAAAAAAAAAA' || digits, {id}, 'guest' || digits || '@example.com',
            'guest' || digits || '@example.com', 'Ada Lovelace', 'Auditor', false, '', {id}, 'pending', 0,
            '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2126-01-01 00:00:00', 0
         FROM named ORDER BY n;"
    )
}

/// The same in PostgreSQL's words.
pub(super) fn postgres_invitations(account: Account, from: u32, to: u32) -> String {
    invitations(account, from, to).replace("substr('0000000000' || n, -10)", "lpad(n::text, 10, '0')")
}

/// SQL for a thousand members of the account that is changed. Statistics of tables that are all but empty would have
/// PostgreSQL read all of them, while the acceptances fill them.
pub(super) const MEMBERS: &str = "
    INSERT INTO person (public_id, email, email_key, email_verified, name, created_at, version)
    SELECT lpad(n::text, 22, 'M'), 'member' || n || '@example.com', 'member' || n || '@example.com', true, 'Ada Lovelace',
        localtimestamp, 0 FROM generate_series(1, 1000) n;
    INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at)
    SELECT 2, id, 'Auditor', false, '', localtimestamp FROM person WHERE public_id LIKE 'MMMMMMMM%'";

/// People of these numbers, whom the floor's acceptances make members.
pub(super) fn people(from: u32, to: u32) -> String {
    format!(
        "INSERT INTO person (id, public_id, email, email_key, email_verified, name, created_at, version)
         OVERRIDING SYSTEM VALUE
         SELECT n, lpad(n::text, 22, 'P'), 'person' || n, 'person' || n, true, 'Ada Lovelace', localtimestamp, 0
         FROM generate_series({from}, {to}) n"
    )
}

/// Puts the tables into the state that autovacuum would bring them to, and the log on the disk.
pub(super) fn settle(database: &Database) -> Result<(), Failure> {
    database.sql("VACUUM ANALYZE")?;
    database.sql("CHECKPOINT")?;
    Ok(())
}
