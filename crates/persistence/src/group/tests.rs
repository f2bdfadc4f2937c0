use std::{iter, sync::Arc, thread};

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
    sql_query,
    sql_types::Text,
};
use tempfile::TempDir;
use usher_domain::port::store::{Constraint, WaitLimit};

use super::*;
use crate::{errors::store_error, options::DatabaseOptions, retry};

type Unit<'u> = Box<dyn FnOnce(&NotesFile) -> End + Send + 'u>;

/// A database file with notes. Their topics are checked at the commit.
struct NotesFile {
    group: GroupCommit,
    folder: TempDir,
}

impl NotesFile {
    fn new() -> Self {
        Self::of_patience(Duration::from_mins(1))
    }

    fn of_patience(patience: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("notes.sqlite").display());
        let manager = Manager::new(&DatabaseOptions::new(url)).unwrap();
        let bed = Self { group: GroupCommit::new(manager, patience), folder };
        let tables = "CREATE TABLE topic (name TEXT PRIMARY KEY);
            CREATE TABLE note (text TEXT, topic TEXT REFERENCES topic (name) DEFERRABLE INITIALLY DEFERRED)";
        bed.group.manager.open(Planner::ForUnits).unwrap().batch_execute(tables).unwrap();
        bed
    }

    fn run(&self, work: impl FnOnce(&mut AnyConnection) -> Result<Verdict, StoreError>) -> End {
        self.group.run(None, &mut Writes::none(), |connection, _| work(connection))
    }

    /// Runs a unit that writes a note and ends with `end`.
    fn note(&self, text: &str, end: Result<Verdict, StoreError>) -> End {
        self.run(|connection| {
            write(connection, text);
            end
        })
    }

    /// Runs a unit that writes the note "first" and ends with `first`, while the others wait in their order. Returns the end of
    /// each unit, or `None` for a panic.
    fn led_by(&self, first: Result<Verdict, StoreError>, others: Vec<Unit<'_>>) -> Vec<Option<End>> {
        thread::scope(|scope| {
            let mut threads = Vec::new();
            let end = self.run(|connection| {
                write(connection, "first");
                for (before, unit) in others.into_iter().enumerate() {
                    threads.push(scope.spawn(|| unit(self)));
                    while self.group.queue().waiting.len() == before {
                        thread::yield_now();
                    }
                }
                first
            });
            let others = threads.into_iter().map(|thread| thread.join().ok());
            iter::once(Some(end)).chain(others).collect()
        })
    }

    fn elsewhere(&self) -> SqliteConnection {
        let file = self.folder.path().join("notes.sqlite");
        SqliteConnection::establish(&file.to_string_lossy()).unwrap()
    }

    /// The notes that other connections see.
    fn notes(&self) -> Vec<String> {
        let notes = sql_query("SELECT text FROM note ORDER BY rowid").load::<Note>(&mut self.elsewhere());
        notes.unwrap().into_iter().map(|note| note.text).collect()
    }

    /// Records the statements of transactions from now on.
    fn listen(&self) -> Arc<Mutex<Vec<String>>> {
        let heard = Arc::default();
        let listener = Listener(Arc::clone(&heard));
        let listen = |connection: &mut AnyConnection| {
            connection.set_instrumentation(listener);
            Ok(Verdict::Rollback)
        };
        self.run(listen).unwrap();
        heard.lock().unwrap().clear();
        heard
    }
}

#[derive(diesel::QueryableByName)]
struct Note {
    #[diesel(sql_type = Text)]
    text: String,
}

fn write(connection: &mut AnyConnection, text: &str) {
    connection.batch_execute(&format!("INSERT INTO note (text) VALUES ('{text}')")).unwrap();
}

struct Listener(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            // The time that a group waits for the file's lock depends on the clock.
            if !query.starts_with("INSERT") && !query.starts_with("PRAGMA busy_timeout") {
                self.0.lock().unwrap().push(query);
            }
        }
    }
}

fn all_unavailable(ends: &[Option<End>]) -> bool {
    ends.iter().all(|end| matches!(end, Some(Err(StoreError::Unreachable(_)))))
}

/// A unit that writes a note and ends with `end`.
fn note(text: &'static str, end: Result<Verdict, StoreError>) -> Unit<'static> {
    Box::new(move |bed| bed.note(text, end))
}

const KEEP: Result<Verdict, StoreError> = Ok(Verdict::Commit);
const REFUSE: Result<Verdict, StoreError> = Ok(Verdict::Rollback);

#[test]
fn units_that_wait_share_one_transaction_in_turn() {
    let bed = NotesFile::new();
    let heard = bed.listen();
    let ends = bed.led_by(KEEP, vec![note("second", KEEP), note("third", KEEP)]);
    assert_eq!(ends, [Some(Ok(())), Some(Ok(())), Some(Ok(()))]);
    assert_eq!(bed.notes(), ["first", "second", "third"]);
    let unit = ["SAVEPOINT unit", "RELEASE unit"];
    let sent = [&["BEGIN IMMEDIATE"][..], &unit, &unit, &unit, &["COMMIT"]].concat();
    assert_eq!(*heard.lock().unwrap(), sent);
}

#[test]
fn a_unit_alone_commits_at_once() {
    let bed = NotesFile::new();
    let heard = bed.listen();
    assert_eq!(bed.note("first", KEEP), Ok(()));
    assert_eq!(bed.notes(), ["first"]);
    assert_eq!(bed.note("second", REFUSE), Ok(()));
    assert_eq!(bed.notes(), ["first"]);
    let kept = ["BEGIN IMMEDIATE", "SAVEPOINT unit", "RELEASE unit", "COMMIT"];
    let refused = ["BEGIN IMMEDIATE", "SAVEPOINT unit", "ROLLBACK TO unit; RELEASE unit", "ROLLBACK"];
    assert_eq!(*heard.lock().unwrap(), [kept, refused].concat());
}

#[test]
fn a_group_is_invisible_before_its_commit() {
    let bed = NotesFile::new();
    let look = Box::new(|bed: &NotesFile| {
        bed.run(|_| {
            assert_eq!(bed.notes(), [""; 0]);
            KEEP
        })
    });
    assert_eq!(bed.led_by(KEEP, vec![look]), [Some(Ok(())), Some(Ok(()))]);
    assert_eq!(bed.notes(), ["first"]);
}

#[test]
fn a_rejected_unit_writes_nothing_and_the_others_of_its_group_are_kept() {
    let bed = NotesFile::new();
    let conflict = StoreError::Conflict(Constraint::Membership);
    let others = vec![
        note("second", KEEP),
        note("refused", REFUSE),
        note("failed", Err(conflict.clone())),
        note("last", KEEP),
    ];
    let ends = bed.led_by(REFUSE, others);
    assert_eq!(ends, [Ok(()), Ok(()), Ok(()), Err(conflict), Ok(())].map(Some));
    assert_eq!(bed.notes(), ["second", "last"]);
}

#[test]
fn a_contended_unit_runs_again() {
    let bed = NotesFile::new();
    let mut attempts = vec![KEEP, Err(StoreError::Contended), Err(StoreError::Contended)];
    let contended =
        Box::new(|bed: &NotesFile| retry::until_uncontended(|| bed.note("second", attempts.pop().unwrap())));
    assert_eq!(bed.led_by(KEEP, vec![contended]), [Some(Ok(())), Some(Ok(()))]);
    assert_eq!(bed.notes(), ["first", "second"]);
    assert_eq!(attempts, []);
}

/// Rejected units fail too: no unit returns before the commit.
#[test]
fn a_commit_that_fails_fails_all() {
    let bed = NotesFile::new();
    let break_off = Box::new(|bed: &NotesFile| {
        bed.run(|connection| {
            connection.batch_execute("INSERT INTO note VALUES ('last', 'no such topic')").unwrap();
            KEEP
        })
    });
    let others = vec![note("refused", REFUSE), note("contended", Err(StoreError::Contended)), break_off];
    let ends = bed.led_by(KEEP, others);
    assert!(ends.len() == 4 && all_unavailable(&ends), "{ends:?}");
    assert_eq!(bed.notes(), [""; 0]);
    assert_eq!(bed.note("next", KEEP), Ok(()));
}

#[test]
fn a_panic_fails_its_group_and_the_next_begins_anew() {
    let bed = NotesFile::new();
    let panic = Box::new(|bed: &NotesFile| bed.run(|_| panic!("on purpose")));
    let ends = bed.led_by(KEEP, vec![note("second", KEEP), panic, note("next", KEEP), note("last", KEEP)]);
    let lost = StoreError::Unreachable("the shared transaction was lost: another unit panicked".to_owned());
    assert_eq!(ends[..2], [Some(Err(lost.clone())), Some(Err(lost))]);
    assert_eq!(ends[2..], [None, Some(Ok(())), Some(Ok(()))]);
    assert_eq!(bed.notes(), ["next", "last"]);
}

#[test]
fn a_transaction_that_sqlite_gave_up_fails_its_group_and_the_next_begins_anew() {
    let bed = NotesFile::new();
    let fill = Box::new(|bed: &NotesFile| {
        bed.run(|connection| {
            connection.batch_execute("PRAGMA max_page_count = 1").unwrap();
            let filled = connection.batch_execute("INSERT INTO note (text) VALUES (zeroblob(1000000))");
            Err(store_error(filled.unwrap_err()))
        })
    });
    let ends = bed.led_by(KEEP, vec![fill, note("next", KEEP), note("last", KEEP)]);
    let cause = StoreError::Unreachable("database or disk is full".to_owned());
    let lost = StoreError::Unreachable(format!("the shared transaction was lost: {cause}"));
    assert_eq!(ends, [Err(lost), Err(cause), Ok(()), Ok(())].map(Some));
    assert_eq!(bed.notes(), ["next", "last"]);
}

#[test]
fn a_file_locked_by_another_process_is_waited_for_within_the_budget() {
    let bed = NotesFile::of_patience(Duration::from_millis(10));
    let mut elsewhere = bed.elsewhere();
    elsewhere.batch_execute("BEGIN IMMEDIATE").unwrap();
    assert_eq!(bed.note("first", KEEP), Err(StoreError::Overloaded(WaitLimit::Writer)));
    elsewhere.batch_execute("COMMIT").unwrap();
    assert_eq!(bed.note("next", KEEP), Ok(()));
}

#[test]
fn a_group_has_a_largest_size() {
    let bed = NotesFile::new();
    let mut others: Vec<Unit<'_>> = (1..LARGEST).map(|_| note("note", KEEP)).collect();
    others.push(Box::new(|bed| {
        bed.run(|_| {
            assert_eq!(bed.notes().len(), LARGEST);
            KEEP
        })
    }));
    assert_eq!(bed.led_by(KEEP, others), vec![Some(Ok(())); LARGEST + 1]);
}

#[test]
fn a_unit_that_waits_too_long_is_overloaded_and_skipped() {
    let bed = NotesFile::of_patience(Duration::from_millis(10));
    let first = bed.run(|connection| {
        write(connection, "first");
        let late = thread::scope(|scope| scope.spawn(|| bed.note("late", KEEP)).join().unwrap());
        assert_eq!(late, Err(StoreError::Overloaded(WaitLimit::Writer)));
        KEEP
    });
    assert_eq!(first, Ok(()));
    assert_eq!(bed.note("next", KEEP), Ok(()));
    assert_eq!(bed.notes(), ["first", "next"]);
}
