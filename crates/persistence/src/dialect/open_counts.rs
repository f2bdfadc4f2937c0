use diesel::{QueryResult, connection::SimpleConnection as _};

use crate::connection::AnyConnection;

/// Moves the changes of the counts of open invitations into the counts. One statement, so whoever reads meanwhile sees the sum
/// as it is; and so many at once that a long pause of all workers can be made up for. Two that meet end as contended, and then
/// there is nothing left to move.
///
/// SQLite has no changes: see the migration.
pub(crate) fn settle_open_counts(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => connection.batch_execute(
            "WITH moved AS (DELETE FROM open_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM open_change LIMIT 50000))
                RETURNING account_id, change)
             INSERT INTO open_count (account_id, invitations)
             SELECT account_id, sum(change) FROM moved GROUP BY account_id ORDER BY account_id
             ON CONFLICT (account_id) DO UPDATE SET invitations = open_count.invitations + excluded.invitations",
        ),
        AnyConnection::Sqlite(_) => Ok(()),
    }
}
