use std::{
    fmt,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Stdio},
};

use usher_testbed::SystemAccount;
use usher_tooling::{Failure, answer, install_packages, output_of, program, spawn};

use crate::{
    database::psql,
    environment::ChaosEnvironment,
    replica::free_address,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT},
};

/// Debian installs it outside of other users' `PATH`.
const PLACES: [&str; 2] = ["pgbouncer", "/usr/sbin/pgbouncer"];

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
    environment: &'e ChaosEnvironment,
    process: Child,
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
        let program = installed()?;
        // PgBouncer's account has to pass through the folder of the run.
        fs::set_permissions(environment.folder(), Permissions::from_mode(0o711))?;
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
        let mut pgbouncer = account.command(Path::new(program), &folder);
        pgbouncer.arg("--quiet").arg(&file).stdin(Stdio::null());
        let process = spawn(&mut pgbouncer)?;
        environment.reaper().register(process.id())?;
        let pooler = Self { environment, process, url: format!("postgres://postgres@{address}/{database}") };
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

impl Drop for PgBouncer<'_> {
    fn drop(&mut self) {
        // A destructor cannot report a failure, and the reaper kills what is left.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = self.environment.reaper().unregister(self.process.id());
    }
}

fn installed() -> Result<&'static str, Failure> {
    let find = || PLACES.into_iter().find(|place| answer(program(place).arg("--version")).is_some());
    if let Some(found) = find() {
        return Ok(found);
    }
    install_packages(&["pgbouncer"])?;
    find().ok_or_else(|| "found no pgbouncer after its installation".into())
}
