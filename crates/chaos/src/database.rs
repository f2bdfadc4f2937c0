use std::{fs::File, path::PathBuf, process::Command, time::Duration};

use usher_testbed::{Database, PostgresServer};
use usher_tooling::{Failure, program};

use crate::{arguments::DatabaseKind, environment::ChaosEnvironment, session::DatabaseSession, wait};

/// How long PostgreSQL may take to notice that a client has died.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The database of one scenario, seen from outside.
pub(crate) enum TestDatabase {
    Postgres(Database),
    /// A database of a cluster that the scenario runs itself.
    Remote {
        /// The URL for Usher, which may lead through a proxy.
        url: String,
        /// The URL for the checker, which leads straight to the server.
        direct: String,
    },
    Sqlite {
        file: PathBuf,
        client: PathBuf,
    },
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
            Self::Remote { url, .. } => format!("{url}?application_name={process}"),
            Self::Sqlite { file, .. } => format!("sqlite:{}", file.display()),
        }
    }

    pub(crate) fn session(&self) -> Result<DatabaseSession, Failure> {
        match self {
            Self::Postgres(database) => psql_session(database.url()),
            Self::Remote { direct, .. } => psql_session(direct),
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
        if matches!(self, Self::Sqlite { .. }) {
            return Ok(());
        }
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{process}'");
        wait::until("the end of a killed process's connections", TIMEOUT, || {
            Ok((session.number(&sql)? == 0).then_some(()))
        })
    }
}

fn psql_session(url: &str) -> Result<DatabaseSession, Failure> {
    DatabaseSession::psql(psql()?.arg("--dbname").arg(url))
}

/// PostgreSQL's client, which prints one line for each row.
pub(crate) fn psql() -> Result<Command, Failure> {
    let mut psql = program(PostgresServer::psql()?);
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
    Ok(psql)
}
