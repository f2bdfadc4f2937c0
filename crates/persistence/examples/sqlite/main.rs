//! SQLite without Usher, for the benchmarks and the crash test.
//!
//! `sqlite script FILE` runs the SQL on standard input. `sqlite commits FILE SECONDS` inserts an invitation and its mail in one
//! transaction after another, each of them flushed. `sqlite appends FILE SECONDS` appends pages to a plain file and flushes each
//! of them: the disk's share of a commit. These two print the number per second. `sqlite count FILE` prints the number of mails.
//! `sqlite session FILE` runs the statements on standard input, one per line. After each it prints the rows of its column
//! `line`, and `<end>`. `PROBE` prints `busy` when another process holds the write lock, or `free`.

#![expect(clippy::unwrap_used, reason = "a failed step ends the program")]

mod baseline;

use std::{
    env,
    fs::File,
    io::{BufRead as _, Read as _, Write as _, stdin},
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    dsl::sql,
    select, sql_query,
    sql_types::{BigInt, Text},
};

/// The settings of usher-persistence's writing connection.
const SESSION: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 16384;
";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let time = |text: &str| Duration::from_secs(text.parse().unwrap());
    match arguments[..] {
        ["script", file] => script(&mut open(file)),
        ["commits", file, seconds] => commits(&mut open(file), time(seconds)),
        ["appends", file, seconds] => appends(&mut File::create(file).unwrap(), time(seconds)),
        ["count", file] => say(&number(&mut open(file), "(SELECT count(*) FROM delivery)").to_string()),
        ["session", file] => session(&mut open(file)),
        _ => say(
            "usage: sqlite script FILE | commits FILE SECONDS | appends FILE SECONDS | count FILE | session FILE",
        ),
    }
}

fn open(file: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(file).unwrap();
    connection.batch_execute(SESSION).unwrap();
    connection
}

fn script(connection: &mut SqliteConnection) {
    let mut text = String::new();
    stdin().read_to_string(&mut text).unwrap();
    connection.batch_execute(&text).unwrap();
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

fn session(connection: &mut SqliteConnection) {
    for statement in stdin().lock().lines() {
        let statement = statement.unwrap();
        if statement == "PROBE" {
            say(if is_locked(connection) { "busy" } else { "free" });
        } else if statement.starts_with("SELECT ") {
            let rows: Vec<Row> = sql_query(statement).load(connection).unwrap();
            for row in rows {
                say(&row.line);
            }
        } else {
            connection.batch_execute(&statement).unwrap();
        }
        say("<end>");
    }
}

fn is_locked(connection: &mut SqliteConnection) -> bool {
    connection.batch_execute("PRAGMA busy_timeout = 0").unwrap();
    let locked = connection.batch_execute("BEGIN IMMEDIATE").is_err();
    let undo = if locked { "" } else { "ROLLBACK" };
    connection.batch_execute(&format!("{undo}; PRAGMA busy_timeout = 10000")).unwrap();
    locked
}

fn commits(connection: &mut SqliteConnection, time: Duration) {
    let mut next = number(connection, "(SELECT max(id) FROM invitation)");
    measure(time, || {
        next += 1;
        connection.immediate_transaction(|connection| baseline::insert(connection, next)).unwrap();
    });
}

fn number(connection: &mut SqliteConnection, expression: &str) -> i64 {
    select(sql::<BigInt>(expression)).get_result(connection).unwrap()
}

fn appends(file: &mut File, time: Duration) {
    let page = [7; 4096];
    measure(time, || {
        file.write_all(&page).unwrap();
        file.sync_data().unwrap();
    });
}

fn measure(time: Duration, mut act: impl FnMut()) {
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < time {
        act();
        count += 1;
    }
    say(&format!("{:.1}", f64::from(count) / begun.elapsed().as_secs_f64()));
}

#[expect(clippy::print_stdout, reason = "its output goes to the program that started it")]
fn say(text: &str) {
    println!("{text}");
}
