use std::path::PathBuf;

use usher_testbed::{Database, PostgresServer};

use super::{arguments::Kind, session::Session, site::Site, wait};
use crate::shell::{Failure, program};

/// How long the server may need to notice that a client died.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A database of a scenario's own, seen from outside.
pub(super) enum Store {
    Postgres(Database),
    Sqlite { file: PathBuf, helper: PathBuf },
}

impl Store {
    /// An empty one. SQLite's file is not there yet: who opens it first makes it.
    pub(super) fn create(site: &Site, kind: Kind, name: &str) -> Result<Self, Failure> {
        Ok(match kind {
            Kind::Postgres => Self::Postgres(site.postgres()?.create_database()?),
            Kind::Sqlite => {
                let file = site.folder().join(format!("{name}.db"));
                Self::Sqlite { file, helper: site.programs.sqlite.clone() }
            }
        })
    }

    /// What a process of that name is told.
    pub(super) fn url(&self, process: &str) -> String {
        match self {
            Self::Postgres(database) => format!("{}?application_name={process}", database.url()),
            Self::Sqlite { file, .. } => format!("sqlite:{}", file.display()),
        }
    }

    pub(super) fn session(&self) -> Result<Session, Failure> {
        match self {
            Self::Postgres(database) => {
                let mut psql = program(PostgresServer::psql()?);
                psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
                Session::psql(psql.arg("--dbname").arg(database.url()))
            }
            Self::Sqlite { file, helper } => Session::sqlite(program(helper).arg("session").arg(file)),
        }
    }

    /// Waits until the server has ended all that a killed process had begun. SQLite has no server.
    pub(super) fn await_gone(&self, session: &mut Session, process: &str) -> Result<(), Failure> {
        let Self::Postgres(_) = self else { return Ok(()) };
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{process}'");
        wait::until("a killed process still has connections", PATIENCE, || {
            Ok((session.number(&sql)? == 0).then_some(()))
        })
    }
}
