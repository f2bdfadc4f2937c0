use std::{
    io::{self, ErrorKind},
    path::Path,
};

use tempfile::TempDir;
use usher_testbed::{Database, PostgresServer};

/// An empty database, removed after the test.
pub(crate) enum Backend {
    Sqlite(TempDir),
    Postgres(Database),
}

impl Backend {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(PostgresServer::shared().unwrap().create_database().unwrap())
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("usher.db").display()),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }

    /// The whole content of the database as text.
    pub(crate) fn dump(&self) -> String {
        match self {
            Self::Sqlite(folder) => loop {
                match contents(folder.path()) {
                    // The last connection to close can remove the write-ahead log while this reads.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    contents => break contents.unwrap(),
                }
            },
            Self::Postgres(database) => {
                let tables = database
                    .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
                    .unwrap();
                let rows =
                    tables.lines().map(|table| database.sql(&format!("SELECT t::text FROM \"{table}\" t")));
                rows.map(Result::unwrap).collect()
            }
        }
    }
}

fn contents(folder: &Path) -> io::Result<String> {
    let files = std::fs::read_dir(folder)?;
    files.map(|file| Ok(String::from_utf8_lossy(&std::fs::read(file?.path())?).into_owned())).collect()
}
