//! Calls of a real server.

#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::time::{Duration, Instant};

use diesel::{
    Connection as _, RunQueryDsl as _,
    connection::SimpleConnection as _,
    dsl::sql,
    result::{DatabaseErrorKind, Error},
    select,
    sql_types::Integer,
};
use usher_postgres::{Loss, PostgresConnection};
use usher_testbed::{Database, PostgresServer};

const LONG: Duration = Duration::from_mins(1);

fn database() -> Database {
    PostgresServer::shared().unwrap().create_database().unwrap()
}

fn kind(error: &Error) -> DatabaseErrorKind {
    let Error::DatabaseError(kind, _) = error else { panic!("{error:?}") };
    *kind
}

#[test]
fn after_a_late_call_no_other_call_waits() {
    let database = database();
    let mut connection =
        PostgresConnection::connect(database.url(), Some(Duration::from_millis(100))).unwrap();
    let began = Instant::now();
    for _ in 0..3 {
        let error = connection.batch_execute("SELECT pg_sleep(60)").unwrap_err();
        assert_eq!(error.to_string(), "no answer within 100ms");
        assert!(matches!(kind(&error), DatabaseErrorKind::ClosedConnection));
        assert_eq!(connection.loss(), Some(Loss::Silent));
    }
    let transaction = connection.transaction(|connection| connection.batch_execute("SELECT 1"));
    transaction.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[test]
fn an_error_leaves_the_connection_usable() {
    let database = database();
    let mut connection = PostgresConnection::connect(database.url(), Some(LONG)).unwrap();
    connection
        .batch_execute("CREATE TABLE guest (name text PRIMARY KEY); INSERT INTO guest VALUES ('Ada')")
        .unwrap();
    // The error of the first statement counts, and the others of the batch do not run.
    let error = connection.batch_execute("INSERT INTO guest VALUES ('Ada'); DROP TABLE guest").unwrap_err();
    assert!(matches!(kind(&error), DatabaseErrorKind::UniqueViolation));
    assert_eq!(connection.loss(), None);
    let guests = || select(sql::<Integer>("(SELECT count(*)::integer FROM guest)"));
    for _ in 0..2 {
        assert_eq!(guests().get_result(&mut connection), Ok(1));
    }
    assert_eq!(
        select(sql::<Integer>("1/0")).get_result::<i32>(&mut connection).unwrap_err().to_string(),
        "division by zero"
    );
    assert_eq!(guests().get_result(&mut connection), Ok(1));
}

#[test]
fn a_closed_or_read_only_connection_says_so() {
    let database = database();
    let mut connection = PostgresConnection::connect(database.url(), Some(LONG)).unwrap();
    connection.batch_execute("SET default_transaction_read_only = on").unwrap();
    let error = connection.batch_execute("CREATE TABLE guest (name text)").unwrap_err();
    assert!(matches!(kind(&error), DatabaseErrorKind::ReadOnlyTransaction));
    assert_eq!(connection.loss(), Some(Loss::ReadOnly));
    let error = connection.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
    assert!(matches!(kind(&error), DatabaseErrorKind::ClosedConnection));
    assert_eq!(connection.loss(), Some(Loss::Closed));
}

/// Values larger than the buffers of the socket, in both directions.
#[test]
fn large_values_travel_in_both_directions() {
    let database = database();
    let mut connection = PostgresConnection::connect(database.url(), Some(LONG)).unwrap();
    let value = "x".repeat(16 << 20);
    let query = diesel::sql_query("SELECT $1 || '.' AS value").bind::<diesel::sql_types::Text, _>(&value);
    let row: Value = query.get_result(&mut connection).unwrap();
    assert!(row.value == format!("{value}."));
}

#[derive(diesel::QueryableByName)]
struct Value {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}
