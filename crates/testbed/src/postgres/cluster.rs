use std::{
    fs::{self, OpenOptions},
    io::{BufReader, Read, Write},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    error::{IoContext, TestbedError},
    process::{Lifeline, run},
};

/// The name of the cluster's superuser, whichever account runs the tests.
const USER: &str = "postgres";

/// Room for the largest measured table: two million invitations with their indexes. The default of 128 MB is the same on
/// every machine, and PostgreSQL's manual recommends more for a dedicated server.
const BUFFERS: &str = "1GB";

/// The purpose of a cluster.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// Tests: the cluster does not flush to disk, and listens only on a socket in its directory.
    Tests,
    /// Benchmarks: PostgreSQL's defaults except [`BUFFERS`], in a directory below this path, on this port of 127.0.0.1.
    Benchmarks(&'a Path, u16),
}

/// The programs that a cluster runs.
#[derive(Clone, Copy)]
pub(super) enum Programs<'a> {
    /// The installed ones in this directory.
    Installed(&'a Path),
    /// A copy of this directory, which holds `bin`. The cluster's account may not be able to read the original.
    CopyOf(&'a Path),
}

impl Programs<'_> {
    /// The directory with the programs, below `home` if they have to be copied.
    fn provide(self, home: &Path) -> Result<PathBuf, TestbedError> {
        match self {
            Self::Installed(directory) => Ok(directory.to_owned()),
            Self::CopyOf(directory) => {
                let copy = home.join("programs");
                run(Command::new("cp").arg("-R").arg(directory).arg(&copy), "copying PostgreSQL's programs")?;
                Ok(copy.join("bin"))
            }
        }
    }
}

/// Creates and starts a cluster in a new directory. Returns its lifeline and the URL of its superuser.
pub(super) fn start(
    programs: Programs<'_>,
    purpose: Purpose<'_>,
) -> Result<(Lifeline, String), TestbedError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("usher-postgres-");
    let home = match purpose {
        Purpose::Tests => builder.tempdir(),
        Purpose::Benchmarks(parent, _) => builder.tempdir_in(parent),
    };
    let home = home.context("creating a cluster's directory")?;
    let programs = programs.provide(home.path())?;
    let account = SystemAccount::for_owner_of(home.path())?;
    let data = home.path().join("data");
    let mut initdb = account.command(&programs.join("initdb"), home.path());
    initdb.args([
        "--no-sync",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--username",
        USER,
        "--pgdata",
    ]);
    run(initdb.arg(&data), "initdb")?;
    configure(&data.join("postgresql.conf"), home.path(), purpose)?;

    let mut watchdog = account.command(Path::new("/bin/sh"), home.path());
    watchdog
        .arg("-c")
        .arg(include_str!("watchdog.sh"))
        .arg("sh")
        .arg(programs.join("pg_ctl"))
        .arg(home.path());
    // A process group of its own, so that Ctrl-C reaches the tests and not their database. No stderr, because an inherited
    // one would keep a test runner waiting for the end of the test's output.
    watchdog.process_group(0).stderr(Stdio::null());
    let (lifeline, stdout) = Lifeline::start(&mut watchdog, "starting PostgreSQL")?;
    // From here on, the watchdog removes the directory.
    let home = home.keep();
    await_ready(stdout)?;
    let address = match purpose {
        Purpose::Tests => format!("{}:5432", percent_encode(&home)),
        Purpose::Benchmarks(_, port) => format!("127.0.0.1:{port}"),
    };
    Ok((lifeline, format!("postgres://{USER}@{address}/{USER}")))
}

fn configure(file: &Path, home: &Path, purpose: Purpose<'_>) -> Result<(), TestbedError> {
    let settings = match purpose {
        Purpose::Tests => include_str!("testbed.conf").to_owned(),
        Purpose::Benchmarks(_, port) => {
            format!("listen_addresses = '127.0.0.1'\nport = {port}\nshared_buffers = {BUFFERS}\n")
        }
    };
    let socket = home.display().to_string().replace('\'', "''");
    let mut conf =
        OpenOptions::new().append(true).open(file).context("opening the cluster's configuration")?;
    writeln!(conf, "{settings}unix_socket_directories = '{socket}'")
        .context("writing the cluster's configuration")
}

/// Waits until the watchdog prints that the cluster is ready. `pg_ctl` limits the wait to a minute.
fn await_ready(stdout: impl Read) -> Result<(), TestbedError> {
    const READY: &[u8] = b"ready\n";
    let mut printed = Vec::new();
    let mut stdout = BufReader::new(stdout);
    stdout.by_ref().take(READY.len() as u64).read_to_end(&mut printed).context("waiting for PostgreSQL")?;
    if printed == READY {
        return Ok(());
    }
    stdout.read_to_end(&mut printed).context("waiting for PostgreSQL")?;
    let output = String::from_utf8_lossy(&printed).trim_end().to_owned();
    Err(TestbedError::Failed { what: "starting PostgreSQL".into(), output })
}

/// The account that a cluster or a pooler runs under. Neither runs as root.
#[derive(Debug, Clone)]
pub struct SystemAccount {
    /// The user and group to change to; none when the tests do not run as root.
    ids: Option<(u32, u32)>,
}

impl SystemAccount {
    /// Finds the account and makes it the owner of the directory, which this process has just created.
    pub fn for_owner_of(directory: &Path) -> Result<Self, TestbedError> {
        let owner = fs::metadata(directory).context("reading a cluster's directory")?.uid();
        if owner != 0 {
            return Ok(Self { ids: None });
        }
        let (user, group) =
            ["postgres", "nobody"].into_iter().find_map(lookup).ok_or(TestbedError::Missing {
                what: "an account to run PostgreSQL under (postgres or nobody), because it does not run as root, was",
                help: "run the tests as another user",
            })?;
        chown(directory, Some(user), Some(group)).context("changing the owner of a cluster's directory")?;
        Ok(Self { ids: Some((user, group)) })
    }

    /// A command that runs in the directory, under this account.
    #[must_use]
    pub fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The user id and group id of an account.
fn lookup(account: &str) -> Option<(u32, u32)> {
    let id = |which| run(Command::new("id").args([which, account]), "id").ok()?.parse().ok();
    Some((id("-u")?, id("-g")?))
}

/// A path as the host part of a URL.
fn percent_encode(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |&byte: &u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.as_os_str().as_encoded_bytes().iter().map(encode).collect()
}
