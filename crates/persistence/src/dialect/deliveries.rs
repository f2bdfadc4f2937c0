use diesel::prelude::*;

use crate::{
    connection::AnyConnection,
    insertion::insert,
    rows::NewMailRow,
    schema::{delivery, queued_delivery},
};

/// Inserts mails with their queue entries. On PostgreSQL the statement that inserts the mails does both.
pub(crate) fn enqueue(connection: &mut AnyConnection, rows: &[NewMailRow<'_>]) -> QueryResult<()> {
    insert(connection, rows)?;
    if let AnyConnection::Sqlite(connection) = connection {
        for row in rows {
            delivery::table
                .filter(delivery::reference.eq(row.reference()))
                .select((delivery::kind, delivery::account_id, delivery::due_at, delivery::id))
                .insert_into(queued_delivery::table)
                .execute(connection)?;
        }
    }
    Ok(())
}
