//! One database per test.

use std::{
    collections::BTreeSet,
    error::Error,
    fmt, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Deref,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use tempfile::TempDir;
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::{Database, PostgresServer};

/// Expands to a test on SQLite and one on PostgreSQL for each function of the module, which gets a migrated [`TestDatabase`].
macro_rules! on_both {
    ($($suite:ident,)*) => {
        mod sqlite {
            $(
                #[test]
                fn $suite() {
                    super::$suite(&crate::support::Sqlite::migrated());
                }
            )*
        }

        mod postgres {
            $(
                #[test]
                fn $suite() {
                    super::$suite(&crate::support::Postgres::migrated());
                }
            )*
        }
    };
}
pub(crate) use on_both;

/// A test's database, with access that bypasses the store.
pub(crate) trait TestDatabase {
    fn store(&self) -> &DieselStore;

    fn url(&self) -> String;

    /// Changes the database behind the store's back.
    fn execute(&self, sql: &str);

    /// Like [`Self::execute`], but not checked against this CHECK constraint of the table.
    fn execute_past(&self, table: &str, check: &str, sql: &str);

    /// Another store on the same database, like another replica's.
    fn replica(&self) -> DieselStore {
        DieselStore::open(&options(&self.url())).unwrap()
    }
}

/// As in production, but with long waits for a machine that runs many tests at once.
pub(crate) fn options(url: &str) -> DatabaseOptions {
    let long = Duration::from_mins(1);
    DatabaseOptions { acquire_timeout: long, call_timeout: long, ..DatabaseOptions::new(url) }
}

/// Repeats an attempt until it succeeds, with a deadline: for states that cannot be waited for.
#[expect(clippy::disallowed_methods, reason = "the pause only leaves the processor to what is waited for")]
pub(crate) fn soon<T, E: fmt::Debug>(attempt: impl Fn() -> Result<T, E>) -> T {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(success) => return success,
            Err(error) => assert!(begun.elapsed() < Duration::from_mins(1), "still {error:?}"),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// A store on a file in a temporary folder.
pub(crate) struct Sqlite {
    store: DieselStore,
    folder: TempDir,
}

impl Sqlite {
    pub(crate) fn migrated() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", file(&folder).display());
        let store = DieselStore::open(&options(&url)).unwrap();
        store.migrations().run().unwrap();
        Self { store, folder }
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("usher.sqlite")
}

impl TestDatabase for Sqlite {
    fn store(&self) -> &DieselStore {
        &self.store
    }

    fn url(&self) -> String {
        format!("sqlite:{}", file(&self.folder).display())
    }

    fn execute(&self, sql: &str) {
        let mut connection = SqliteConnection::establish(&file(&self.folder).to_string_lossy()).unwrap();
        connection.batch_execute(sql).unwrap();
    }

    fn execute_past(&self, _table: &str, _check: &str, sql: &str) {
        self.execute(&format!("PRAGMA ignore_check_constraints = ON; {sql}"));
    }
}

impl Deref for Sqlite {
    type Target = DieselStore;

    fn deref(&self) -> &DieselStore {
        &self.store
    }
}

/// A store on a database of the shared server, which is dropped with the store.
pub(crate) struct Postgres {
    store: DieselStore,
    pub(crate) database: Database,
}

impl Postgres {
    pub(crate) fn migrated() -> Self {
        Self::migrated_on(PostgresServer::shared().unwrap())
    }

    pub(crate) fn migrated_on(server: &PostgresServer) -> Self {
        let migrate = |url: &str| -> Result<(), Box<dyn Error + Send + Sync>> {
            DieselStore::open(&options(url))?.migrations().run()?;
            Ok(())
        };
        let database = server.create_database_from(&template(), migrate).unwrap();
        let store = DieselStore::open(&options(database.url())).unwrap();
        Self { store, database }
    }
}

/// The name of a template database with all tables. It changes with the migrations.
fn template() -> String {
    let mut digest = DefaultHasher::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
    let migrations = fs::read_dir(folder).unwrap().map(|migration| migration.unwrap().path());
    for migration in migrations.collect::<BTreeSet<_>>() {
        migration.hash(&mut digest);
        fs::read(migration.join("up.sql")).unwrap().hash(&mut digest);
    }
    format!("usher_persistence_{:016x}", digest.finish())
}

impl TestDatabase for Postgres {
    fn store(&self) -> &DieselStore {
        &self.store
    }

    fn url(&self) -> String {
        self.database.url().to_owned()
    }

    fn execute(&self, sql: &str) {
        self.database.sql(sql).unwrap();
    }

    fn execute_past(&self, table: &str, check: &str, sql: &str) {
        self.execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {check}; {sql}"));
    }
}

impl Deref for Postgres {
    type Target = DieselStore;

    fn deref(&self) -> &DieselStore {
        &self.store
    }
}
