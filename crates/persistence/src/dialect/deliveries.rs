use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    connection::AnyConnection,
    insertion::{insert, insert_numbered},
    rows::{NewMailRow, NewQueueEntryRow},
};

/// Inserts mails with their queue entries. On PostgreSQL the statement that inserts the mails does both.
pub(crate) fn enqueue(connection: &mut AnyConnection, rows: &[NewMailRow<'_>]) -> QueryResult<()> {
    if let AnyConnection::Postgres(_) = connection {
        return insert(connection, rows);
    }
    // SQLite returns the inserted rows in no particular order.
    let numbers: HashMap<String, i64> = insert_numbered(connection, rows)?
        .into_iter()
        .map(|(number, reference)| (reference, number))
        .collect();
    let entry = |row: &NewMailRow<'_>| numbers.get(row.reference()).map(|number| row.queue_entry(*number));
    let entries: Vec<NewQueueEntryRow> =
        rows.iter().map(entry).collect::<Option<_>>().ok_or(diesel::result::Error::NotFound)?;
    insert(connection, &entries)
}
