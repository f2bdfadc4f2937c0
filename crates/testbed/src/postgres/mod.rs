mod cluster;
mod database;
mod programs;
mod psql;

use std::{
    error::Error,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use cluster::Purpose;
pub use database::Database;
use psql::Psql;

use crate::{
    environment::{POSTGRES_VARIABLE, variable},
    error::{Attempt as _, TestbedError},
    process::Lifeline,
};

/// A PostgreSQL server for tests: a throwaway cluster, or one that the developer points at.
///
/// A throwaway cluster listens on a Unix socket only, trusts everybody, says everything in English, writes
/// nothing through to the disk, and has a time zone that no code should rely on. The one for benchmarks has PostgreSQL's
/// own defaults instead, but for its buffers.
#[derive(Debug)]
pub struct PostgresServer {
    psql: Psql,
    /// None where the server is not ours to stop.
    _cluster: Option<Lifeline>,
}

impl PostgresServer {
    /// The server that all tests of this process share.
    ///
    /// It is the one that [`POSTGRES_VARIABLE`] names, as in a run of `cargo xtask test`, or else a cluster
    /// that the first call starts and that ends with the process. Errors are not remembered: the next call
    /// tries again.
    pub fn shared() -> Result<&'static Self, TestbedError> {
        static SHARED: Mutex<Option<&'static PostgresServer>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = *shared {
            return Ok(server);
        }
        let server: &'static Self = Box::leak(Box::new(Self::configured_or_started()?));
        *shared = Some(server);
        Ok(server)
    }

    /// Starts a cluster that ends with the handle, for tests that stop or harm the server.
    pub fn start() -> Result<Self, TestbedError> {
        Self::start_for(Purpose::Tests)
    }

    /// Starts a cluster that ends with the handle, for benchmarks: with PostgreSQL's own defaults but for its buffers, so that
    /// what is committed is on the disk, listening on a free port of 127.0.0.1, in a directory of its own below `parent`.
    pub fn start_durable(parent: &Path) -> Result<Self, TestbedError> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        Self::start_for(Purpose::Benchmarks(parent, free.attempt("looking for a free port")?.port()))
    }

    fn start_for(purpose: Purpose<'_>) -> Result<Self, TestbedError> {
        let program = programs::psql()?;
        let (cluster, server_url) = cluster::start(&programs::server()?, purpose)?;
        Ok(Self { psql: Psql { program, server_url }, _cluster: Some(cluster) })
    }

    /// Where PostgreSQL's command-line client is.
    pub fn psql() -> Result<PathBuf, TestbedError> {
        programs::psql()
    }

    /// Where PostgreSQL's load client is.
    pub fn pgbench() -> Result<PathBuf, TestbedError> {
        programs::pgbench()
    }

    fn configured_or_started() -> Result<Self, TestbedError> {
        match variable(POSTGRES_VARIABLE) {
            Some(url) => {
                let server_url = url.to_string_lossy().into_owned();
                Ok(Self { psql: Psql { program: programs::psql()?, server_url }, _cluster: None })
            }
            None => Self::start(),
        }
    }

    /// The superuser's URL of the maintenance database, fit for [`POSTGRES_VARIABLE`].
    #[must_use]
    pub fn url(&self) -> &str {
        &self.psql.server_url
    }

    /// Creates an empty database.
    pub fn create_database(&self) -> Result<Database, TestbedError> {
        // template1 cannot be copied while anybody is connected to it; nobody connects to template0.
        Database::create(&self.psql, "template0")
    }

    /// Creates a database as a copy of a template, which `prepare` fills when the server has none of that
    /// name yet; it gets the URL and must have closed its connections when it returns.
    ///
    /// Copying is much faster than running migrations, and the template serves every test process. It stays
    /// as long as the server, so its name has to change with what it holds: let it carry a digest.
    pub fn create_database_from<E>(
        &self,
        template: &str,
        prepare: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<Database, TestbedError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        if !self.has_database(template)? {
            let draft = self.create_database()?;
            prepare(draft.url()).map_err(|source| TestbedError::Template {
                template: template.into(),
                source: source.into(),
            })?;
            // Processes race to this line, and whoever comes second uses the first one's.
            if let Err(error) = draft.into_template(template)
                && !self.has_database(template)?
            {
                return Err(error);
            }
        }
        Database::create(&self.psql, template)
    }

    fn has_database(&self, name: &str) -> Result<bool, TestbedError> {
        let found = self.sql(&format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        Ok(!found.is_empty())
    }

    /// Runs SQL through psql in the maintenance database.
    ///
    /// Returns the rows, one a line, columns separated by `|`.
    pub fn sql(&self, text: &str) -> Result<String, TestbedError> {
        self.psql.server_sql(text)
    }
}
