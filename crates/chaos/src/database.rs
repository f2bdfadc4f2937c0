use std::{fs::File, path::PathBuf, time::Duration};

use usher_testbed::{Database, PostgresServer};
use usher_tooling::{Failure, program};

use crate::{arguments::DatabaseKind, environment::ChaosEnvironment, session::DatabaseSession, wait};

/// How long PostgreSQL may take to notice that a client has died.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The database of one scenario, seen from outside.
pub(crate) enum TestDatabase {
    Postgres(Database),
    Sqlite { file: PathBuf, client: PathBuf },
}

impl TestDatabase {
    /// An empty database. On SQLite, this is an empty file, because no server creates a missing one.
    pub(crate) fn create(
        environment: &ChaosEnvironment,
        kind: DatabaseKind,
        name: &str,
    ) -> Result<Self, Failure> {
        Ok(match kind {
            DatabaseKind::Postgres => Self::Postgres(environment.postgres()?.create_database()?),
            DatabaseKind::Sqlite => {
                let file = environment.folder().join(format!("{name}.db"));
                File::create(&file)?;
                Self::Sqlite { file, client: environment.programs.sqlite.clone() }
            }
        })
    }

    /// The URL for a process, which contains the process's name if the database can show it.
    pub(crate) fn url(&self, process: &str) -> String {
        match self {
            Self::Postgres(database) => format!("{}?application_name={process}", database.url()),
            Self::Sqlite { file, .. } => format!("sqlite:{}", file.display()),
        }
    }

    pub(crate) fn session(&self) -> Result<DatabaseSession, Failure> {
        match self {
            Self::Postgres(database) => {
                let mut psql = program(PostgresServer::psql()?);
                psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
                DatabaseSession::psql(psql.arg("--dbname").arg(database.url()))
            }
            Self::Sqlite { file, client } => {
                DatabaseSession::sqlite(program(client).arg("session").arg(file))
            }
        }
    }

    /// Waits until PostgreSQL has closed the connections of a killed process, which ends its transactions. Does not
    /// wait on SQLite, which has no server that would have to notice the kill.
    pub(crate) fn await_disconnected(
        &self,
        session: &mut DatabaseSession,
        process: &str,
    ) -> Result<(), Failure> {
        let Self::Postgres(_) = self else { return Ok(()) };
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{process}'");
        wait::until("the end of a killed process's connections", TIMEOUT, || {
            Ok((session.number(&sql)? == 0).then_some(()))
        })
    }
}
