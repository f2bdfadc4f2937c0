mod cluster;
mod database;
mod forwarder;
mod programs;
mod psql;

use std::{
    error::Error,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

pub use cluster::SystemAccount;
use cluster::{Programs, Purpose};
pub use database::Database;
pub use forwarder::Forwarder;
use psql::Psql;

use crate::{
    environment::{POSTGRES_VARIABLE, variable},
    error::{IoContext as _, TestbedError},
    process::Lifeline,
};

/// A PostgreSQL server for tests: a throwaway cluster, or an existing server that the developer names.
///
/// A throwaway cluster for tests listens only on a Unix socket, needs no passwords, prints messages in English, does not
/// flush to disk, and has an unusual time zone. The cluster for benchmarks has PostgreSQL's defaults instead, except for
/// its buffers.
#[derive(Debug)]
pub struct PostgresServer {
    psql: Psql,
    /// None for a server that this process did not start and must not stop.
    _cluster: Option<Lifeline>,
}

impl PostgresServer {
    /// The server that all tests of this process share.
    ///
    /// [`POSTGRES_VARIABLE`] names it in a run of `cargo xtask test`. Otherwise the first call starts a cluster, which ends
    /// with the process. After an error, the next call tries again.
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

    /// Starts a cluster that ends with the handle, for tests that stop or damage the server.
    pub fn start() -> Result<Self, TestbedError> {
        Self::start_for(Purpose::Tests)
    }

    /// Starts a durable cluster that ends with the handle, for benchmarks and crash tests: with PostgreSQL's defaults
    /// except its buffers, on a free port of 127.0.0.1, in a new directory below `parent`.
    pub fn start_durable(parent: &Path) -> Result<Self, TestbedError> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        Self::start_for(Purpose::Benchmarks(parent, free.context("looking for a free port")?.port()))
    }

    /// Starts a cluster for tests of the newest release, which `cargo xtask test` installs. It ends with the handle.
    pub fn start_newest() -> Result<Self, TestbedError> {
        Self::start_with(Programs::CopyOf(&programs::newest_server()?), Purpose::Tests)
    }

    fn start_for(purpose: Purpose<'_>) -> Result<Self, TestbedError> {
        Self::start_with(Programs::Installed(&programs::server()?), purpose)
    }

    fn start_with(programs: Programs<'_>, purpose: Purpose<'_>) -> Result<Self, TestbedError> {
        let program = programs::psql()?;
        let (cluster, server_url) = cluster::start(programs, purpose)?;
        Ok(Self { psql: Psql { program, server_url }, _cluster: Some(cluster) })
    }

    /// The path of another program of PostgreSQL, such as `pg_basebackup`, in the version of the server.
    pub fn program(name: &str) -> Result<PathBuf, TestbedError> {
        programs::named(name)
    }

    /// The path of psql, PostgreSQL's command-line client.
    pub fn psql() -> Result<PathBuf, TestbedError> {
        programs::psql()
    }

    /// The path of pgbench, PostgreSQL's load client.
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

    /// The URL of the maintenance database for the superuser, as [`POSTGRES_VARIABLE`] needs it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.psql.server_url
    }

    /// Creates an empty database.
    pub fn create_database(&self) -> Result<Database, TestbedError> {
        // template1 cannot be copied while a client is connected to it. template0 accepts no connections.
        Database::create(&self.psql, "template0")
    }

    /// Creates a database as a copy of a template. When the server has no template of that name, `prepare` fills one: it
    /// gets the URL, and must close its connections before it returns.
    ///
    /// Copying is much faster than running migrations, and all test processes share the template. A template lives as long
    /// as the server, so its name must change with its content: include a digest.
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
            // Several processes may create the template at once. One succeeds, and the others use its template.
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
    /// Returns one line for each row, with the columns separated by `|`.
    pub fn sql(&self, text: &str) -> Result<String, TestbedError> {
        self.psql.server_sql(text)
    }
}
