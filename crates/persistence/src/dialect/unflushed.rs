use diesel::{QueryResult, connection::SimpleConnection as _};

use crate::connection::AnyConnection;

/// Runs one statement outside of any transaction, whose effect may be lost when the machine dies. Answers what came of
/// it, and whether the connection is as before: if not, nobody else may have it.
///
/// On PostgreSQL the statement's table has to be an unlogged one, and there is nothing else to do: a commit that wrote no
/// log waits for none. On SQLite the commit leaves it to a later one to flush the log. `NORMAL` and not `OFF`: when the
/// log is long, it is this commit that moves it into the file, and what others have been told is durable must be flushed
/// there before the log begins anew.
pub(crate) fn unflushed<T>(
    connection: &mut AnyConnection,
    statement: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> (QueryResult<T>, bool) {
    if let AnyConnection::Postgres(_) = connection {
        return (statement(connection), true);
    }
    let end = connection.batch_execute("PRAGMA synchronous = NORMAL").and_then(|()| statement(connection));
    let restored = connection.batch_execute("PRAGMA synchronous = FULL").is_ok();
    (end, restored)
}

#[cfg(test)]
mod tests {
    use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, dsl::sql, select, sql_types::BigInt};

    use super::*;
    use crate::dialect::SQLITE_SESSION;

    fn connection() -> AnyConnection {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection.batch_execute(SQLITE_SESSION).unwrap();
        AnyConnection::Sqlite(connection)
    }

    /// 1 is `NORMAL`, 2 is `FULL`.
    fn synchronous(connection: &mut AnyConnection) -> QueryResult<i64> {
        select(sql::<BigInt>("synchronous FROM pragma_synchronous")).get_result(connection)
    }

    #[test]
    fn only_the_statement_itself_is_not_flushed() {
        let mut connection = connection();
        assert_eq!(synchronous(&mut connection), Ok(2));
        assert_eq!(unflushed(&mut connection, synchronous), (Ok(1), true));
        assert_eq!(synchronous(&mut connection), Ok(2));
    }

    #[test]
    fn what_follows_a_failure_is_flushed_again() {
        let mut connection = connection();
        let (end, restored) = unflushed(&mut connection, |connection| connection.batch_execute("nonsense"));
        assert!(end.is_err() && restored);
        assert_eq!(synchronous(&mut connection), Ok(2));
    }

    /// Inside a transaction the setting cannot change: then the connection is not to be used again.
    #[test]
    fn a_setting_that_cannot_be_put_back_is_told() {
        let mut connection = connection();
        let (end, restored) = unflushed(&mut connection, |connection| connection.batch_execute("BEGIN"));
        assert_eq!((end, restored), (Ok(()), false));
        assert_eq!(synchronous(&mut connection), Ok(1));
    }
}
