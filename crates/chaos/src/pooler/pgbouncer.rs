use std::{
    fmt,
    fs::{self},
    path::Path,
    process::Stdio,
};

use usher_testbed::SystemAccount;
use usher_tooling::{Failure, output_of, provide_server};

use crate::{
    child::ChildProcess,
    database::psql,
    environment::ChaosEnvironment,
    replica::free_address,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT},
};

/// When a client gives its server connection to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PoolMode {
    /// After each transaction. Rejects a startup message with settings, which is PgBouncer's default.
    Transaction,
    /// At its end. Ignores settings in a startup message.
    Session,
}

impl PoolMode {
    /// Fewer connections than clients, if these can share them.
    fn settings(self) -> &'static str {
        match self {
            Self::Transaction => "pool_mode = transaction\ndefault_pool_size = 4",
            Self::Session => {
                "pool_mode = session\ndefault_pool_size = 40\nignore_startup_parameters = options"
            }
        }
    }
}

impl fmt::Display for PoolMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transaction => "transaction mode",
            Self::Session => "session mode",
        })
    }
}

/// A PgBouncer on its own port of 127.0.0.1. Killed when dropped.
pub(super) struct PgBouncer<'e> {
    /// Ends with this value.
    _process: ChildProcess<'e>,
    url: String,
}

impl<'e> PgBouncer<'e> {
    /// Starts a PgBouncer in front of a database, with one pool for all clients. Installs the program if it is missing.
    pub(super) fn start(
        environment: &'e ChaosEnvironment,
        mode: PoolMode,
        name: &str,
        database_url: &str,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let program = provide_server("pgbouncer", "--version")?;
        let folder = environment.folder().join(format!("{name}-pooler"));
        fs::create_dir(&folder)?;
        let account = SystemAccount::for_owner_of(&folder)?;
        let address = free_address(random)?;
        let (server, database) = database_url
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once('/'))
            .ok_or("not the URL of a database on PostgreSQL")?;
        let (host, port) = server.split_once(':').ok_or("a URL without a port")?;
        let (settings, log) = (mode.settings(), folder.join("log").display().to_string());
        let file = folder.join("pgbouncer.ini");
        // With `any`, all clients act as the user of the server connections, and so share a pool.
        fs::write(
            &file,
            format!(
                "[databases]\n* = host={host} port={port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {}\nunix_socket_dir =\nauth_type = any\nlogfile = {log}\n{settings}\n",
                address.port()
            ),
        )?;
        let mut pgbouncer = account.command(Path::new(&program), &folder);
        pgbouncer.arg("--quiet").arg(&file).stdin(Stdio::null());
        let process = ChildProcess::start(environment, &mut pgbouncer)?;
        let pooler = Self { _process: process, url: format!("postgres://postgres@{address}/{database}") };
        wait::until("the start of PgBouncer", USUAL_TIMEOUT, || {
            let probe = output_of(psql()?.args(["--dbname", pooler.url(), "--command", "SELECT 1"]));
            Ok(probe.is_ok().then_some(()))
        })?;
        Ok(pooler)
    }

    /// The URL of the database through the pool.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}
