use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use usher_testbed::{PostgresServer, SystemAccount};
use usher_tooling::{Failure, output_of, spawn};

use super::children::{children, kill_leftovers};
use crate::{
    database::psql, environment::ChaosEnvironment, replica::free_address, seeded_random::SeededRandom,
    signal::signal, wait,
};

/// The longest time that a start may take.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// How a server ends, by the name of its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopMode {
    /// As `pg_ctl stop -m fast` does: transactions are rolled back and clients disconnected.
    Fast,
    /// As `pg_ctl stop -m immediate` does: without shutting down, so that the next start recovers.
    Immediate,
    /// SIGKILL of all its processes.
    Kill,
}

/// A durable PostgreSQL server with one database, on its own port of 127.0.0.1. Killed when dropped.
pub(crate) struct PostgresNode<'e> {
    environment: &'e ChaosEnvironment,
    account: SystemAccount,
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
    /// The stopped processes besides the first one.
    frozen: Vec<u32>,
}

impl<'e> PostgresNode<'e> {
    /// Creates a cluster in a new folder below `parent`, without starting it.
    pub(crate) fn create(
        environment: &'e ChaosEnvironment,
        parent: &Path,
        name: &str,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let node = Self::without_data(environment, parent, name, random)?;
        let template = template(environment)?;
        let mut copy = node.account.command(Path::new("cp"), &node.folder);
        output_of(copy.arg("-R").arg(template).arg(node.data()))?;
        node.configure(&format!(
            "unix_socket_directories = ''\nmax_wal_senders = 4\nport = {}\n",
            node.port
        ))?;
        Ok(node)
    }

    /// Creates and starts a synchronous standby of this server, and waits until this server counts on it.
    pub(crate) fn create_standby(&self, name: &str, random: &mut SeededRandom) -> Result<Self, Failure> {
        let parent = self.folder.parent().ok_or("the cluster has no parent folder")?;
        let mut standby = Self::without_data(self.environment, parent, name, random)?;
        let mut backup = standby.command("pg_basebackup")?;
        backup.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname"]);
        let primary = format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port);
        output_of(backup.arg(primary).arg("--pgdata").arg(standby.data()))?;
        standby.configure(&format!("port = {}\n", standby.port))?;
        standby.start()?;
        standby.await_answer()?;
        // Not part of the standby's configuration: once promoted, it has no standby itself.
        self.configure(&format!("synchronous_standby_names = '{name}'\n"))?;
        self.sql("SELECT pg_reload_conf()")?;
        wait::until("a synchronous standby", START_TIMEOUT, || {
            let found = self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")?;
            Ok((found == "1").then_some(()))
        })?;
        Ok(standby)
    }

    fn without_data(
        environment: &'e ChaosEnvironment,
        parent: &Path,
        name: &str,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let folder = parent.join(name);
        fs::create_dir(&folder)?;
        let account = SystemAccount::for_owner_of(&folder)?;
        let port = free_address(random)?.port();
        Ok(Self { environment, account, folder, port, server: None, frozen: Vec::new() })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Result<Command, Failure> {
        Ok(self.account.command(&PostgresServer::program(program)?, &self.folder))
    }

    /// Appends settings to the configuration.
    pub(crate) fn configure(&self, settings: &str) -> Result<(), Failure> {
        let mut file = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        Ok(file.write_all(settings.as_bytes())?)
    }

    /// Starts the server without waiting until it answers.
    pub(crate) fn start(&mut self) -> Result<(), Failure> {
        let log = self.environment.folder().join(format!("postgres-{}.log", self.port));
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut server = self.command("postgres")?;
        server.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(File::try_clone(&log)?).stderr(log);
        let server = spawn(&mut server)?;
        self.environment.reaper().register(server.id())?;
        self.server = Some(server);
        Ok(())
    }

    /// Starts the server again if it has ended by itself.
    pub(crate) fn revive(&mut self) -> Result<(), Failure> {
        let Some(server) = &mut self.server else { return Ok(()) };
        if server.try_wait()?.is_some() {
            self.environment.reaper().unregister(server.id())?;
            self.start()?;
        }
        Ok(())
    }

    /// Waits until the server answers, and returns when it did.
    pub(crate) fn await_answer(&self) -> Result<Instant, Failure> {
        wait::until("the start of a PostgreSQL server", START_TIMEOUT, || {
            Ok(self.sql("SELECT 1").is_ok().then(Instant::now))
        })
    }

    /// Ends the server and waits until it has ended.
    pub(crate) fn stop(&mut self, mode: StopMode) -> Result<(), Failure> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let pid = server.id();
        match mode {
            StopMode::Fast => signal("INT", pid)?,
            StopMode::Immediate => signal("QUIT", pid)?,
            StopMode::Kill => {
                // Listed first, because afterwards they have another parent.
                let children = children(pid);
                signal("KILL", pid)?;
                kill_leftovers(&children)?;
            }
        }
        server.wait()?;
        self.environment.reaper().unregister(pid)?;
        self.frozen.drain(..).try_for_each(|child| self.environment.reaper().unregister(child))
    }

    /// Stops all processes with SIGSTOP. The kernel still acknowledges what clients send.
    pub(crate) fn freeze(&mut self) -> Result<(), Failure> {
        let pid = self.server.as_ref().ok_or("the server does not run")?.id();
        signal("STOP", pid)?;
        for child in children(pid) {
            // Unlike others, it does not end by itself when this process dies.
            self.environment.reaper().register(child)?;
            self.frozen.push(child);
            signal("STOP", child)?;
        }
        Ok(())
    }

    /// Makes a standby the primary, and returns when it was.
    pub(crate) fn promote(&self) -> Result<Instant, Failure> {
        let promoted = self.sql("SELECT pg_promote()")?;
        if promoted == "t" { Ok(Instant::now()) } else { Err("the standby was not promoted".into()) }
    }

    /// The URL of a database, for the superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL in the maintenance database.
    pub(crate) fn sql(&self, text: &str) -> Result<String, Failure> {
        output_of(psql()?.arg("--dbname").arg(self.url("postgres")).arg("--command").arg(text))
    }
}

/// The data of a new cluster, for all clusters of a run to copy: creating one takes seconds of a processor.
fn template(environment: &ChaosEnvironment) -> Result<PathBuf, Failure> {
    static CREATING: Mutex<()> = Mutex::new(());
    let _guard = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    fs::set_permissions(environment.folder(), Permissions::from_mode(0o711))?;
    let folder = environment.folder().join("postgres-template");
    let data = folder.join("data");
    if !folder.exists() {
        fs::create_dir(&folder)?;
        let account = SystemAccount::for_owner_of(&folder)?;
        let mut initdb = account.command(&PostgresServer::program("initdb")?, &folder);
        initdb.args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres"]);
        output_of(initdb.arg("--pgdata").arg(&data))?;
    }
    Ok(data)
}

impl Drop for PostgresNode<'_> {
    fn drop(&mut self) {
        // A destructor cannot report a failure, and the reaper kills what is left.
        let _ = self.stop(StopMode::Kill);
    }
}
