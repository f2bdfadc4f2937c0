use diesel::{QueryResult, RunQueryDsl as _, sql_query};

use crate::connection::AnyConnection;

/// Moves rows of `open_change` into `open_count`, and returns how many counts changed. It is one statement, so that concurrent
/// reads see the same sum. The limit is high enough to catch up after a long pause of all workers. Of two concurrent calls one is
/// contended, and finds nothing left when it runs again.
///
/// On SQLite `open_change` is always empty: see the migration.
pub(crate) fn settle_open_counts(connection: &mut AnyConnection) -> QueryResult<usize> {
    match connection {
        AnyConnection::Postgres(connection) => sql_query(
            "WITH moved AS (DELETE FROM open_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM open_change LIMIT 50000))
                RETURNING account_id, change)
             INSERT INTO open_count (account_id, invitations)
             SELECT account_id, sum(change) FROM moved GROUP BY account_id ORDER BY account_id
             ON CONFLICT (account_id) DO UPDATE SET invitations = open_count.invitations + excluded.invitations",
        )
        .execute(connection),
        AnyConnection::Sqlite(_) => Ok(0),
    }
}
