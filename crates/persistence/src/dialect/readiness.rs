use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    QueryResult, connection::SimpleConnection as _, dsl::sql, prelude::*, select, sql_types::Timestamp,
};
use usher_domain::port::{Clock, store::ClockReading};

use crate::connection::AnyConnection;

/// A unit that is writing shows that the file can be written.
const SQLITE_CHECK: &str = "PRAGMA busy_timeout = 0";

/// While units write in vain, one of them often holds the lock. The cache is so small that the row is written to the log
/// before it is rolled back: otherwise it would take memory only.
const SQLITE_ROOM: &str = "PRAGMA busy_timeout = 30; PRAGMA cache_size = 16";

/// Inserts a row and rolls back, and compares the clocks. With `needs_room`, the row takes a megabyte, so that the check fails
/// while the disk is full.
///
/// On SQLite the file's write lock may be taken: then a unit is writing, and the check fails as locked. It waits for the lock only
/// if it needs room. There is only one machine, and so only one clock.
pub(crate) fn check_write(
    connection: &mut AnyConnection,
    clock: &dyn Clock,
    needs_room: bool,
) -> QueryResult<ClockReading> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let octets = if needs_room { 1 << 20 } else { 0 };
            connection.batch_execute(&format!(
                "BEGIN; INSERT INTO readiness_check (id, filler)
                 VALUES ((random() * 9e18)::bigint, repeat('x', {octets}))"
            ))?;
            let before = clock.now();
            let now = select(sql::<Timestamp>("clock_timestamp() AT TIME ZONE 'UTC'"));
            let now: NaiveDateTime = now.get_result(connection)?;
            let took = clock.now() - before;
            connection.batch_execute("ROLLBACK")?;
            let uncertainty = took / 2;
            Ok(ClockReading { ahead: now.and_utc() - (before + uncertainty), uncertainty })
        }
        AnyConnection::Sqlite(connection) => {
            let (statements, octets) = if needs_room { (SQLITE_ROOM, 1 << 19) } else { (SQLITE_CHECK, 0) };
            // Each octet has two digits.
            connection.batch_execute(&format!(
                "{statements}; BEGIN IMMEDIATE;
                 INSERT INTO readiness_check (id, filler) VALUES (random(), hex(zeroblob({octets}))); ROLLBACK"
            ))?;
            Ok(ClockReading { ahead: TimeDelta::zero(), uncertainty: TimeDelta::zero() })
        }
    }
}

/// How long a call of a check may take, at most.
pub(crate) fn limit_calls(connection: &mut AnyConnection, limit: std::time::Duration) {
    if let AnyConnection::Postgres(connection) = connection {
        let limit = connection.call_timeout().map_or(limit, |timeout| timeout.min(limit));
        connection.set_call_timeout(Some(limit));
    }
}
