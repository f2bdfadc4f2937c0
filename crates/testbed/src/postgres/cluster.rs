use std::{
    fs::{self, OpenOptions},
    io::{BufReader, Read, Write},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    error::{Attempt, TestbedError},
    process::{Lifeline, run},
};

/// The name of the cluster's superuser, whoever runs the tests.
const USER: &str = "postgres";

/// The largest table that is measured, two million invitations with their indexes. The default is 128 MB on any machine, of which
/// PostgreSQL's manual says that a server of its own has use for more.
const BUFFERS: &str = "1GB";

/// What a cluster is for.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// Tests: nothing is written through to the disk, and it listens on a socket in its directory only.
    Tests,
    /// Measuring: PostgreSQL's own defaults but for [`BUFFERS`], in a directory below this one, on a port of this machine.
    Benchmarks(&'a Path, u16),
}

/// Makes and starts a cluster in a fresh directory; returns what holds it up and its superuser's URL.
pub(super) fn start(programs: &Path, purpose: Purpose<'_>) -> Result<(Lifeline, String), TestbedError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("usher-postgres-");
    let home = match purpose {
        Purpose::Tests => builder.tempdir(),
        Purpose::Benchmarks(parent, _) => builder.tempdir_in(parent),
    };
    let home = home.attempt("making a cluster's directory")?;
    let account = Account::for_owner_of(home.path())?;
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
    // A group of its own, so that Ctrl-C reaches the tests and not their database; and no stderr, which would
    // keep a test runner waiting for the end of the test's output.
    watchdog.process_group(0).stderr(Stdio::null());
    let (lifeline, stdout) = Lifeline::start(&mut watchdog, "starting PostgreSQL")?;
    // From here on the watchdog removes the directory.
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
        OpenOptions::new().append(true).open(file).attempt("opening the cluster's configuration")?;
    writeln!(conf, "{settings}unix_socket_directories = '{socket}'")
        .attempt("writing the cluster's configuration")
}

/// Waits for the watchdog's word, which `pg_ctl` bounds to a minute.
fn await_ready(stdout: impl Read) -> Result<(), TestbedError> {
    const READY: &[u8] = b"ready\n";
    let mut said = Vec::new();
    let mut stdout = BufReader::new(stdout);
    stdout.by_ref().take(READY.len() as u64).read_to_end(&mut said).attempt("waiting for PostgreSQL")?;
    if said == READY {
        return Ok(());
    }
    stdout.read_to_end(&mut said).attempt("waiting for PostgreSQL")?;
    let output = String::from_utf8_lossy(&said).trim_end().to_owned();
    Err(TestbedError::Failed { what: "starting PostgreSQL".into(), output })
}

/// Whom the cluster runs as: PostgreSQL refuses to be root.
struct Account {
    /// User and group to change to; none for an ordinary developer.
    ids: Option<(u32, u32)>,
}

impl Account {
    /// Finds the account, and gives it the directory, which this process just made.
    fn for_owner_of(directory: &Path) -> Result<Self, TestbedError> {
        let owner = fs::metadata(directory).attempt("reading a cluster's directory")?.uid();
        if owner != 0 {
            return Ok(Self { ids: None });
        }
        let (user, group) =
            ["postgres", "nobody"].into_iter().find_map(lookup).ok_or(TestbedError::Missing {
                what: "an account to run PostgreSQL under (postgres or nobody), since it refuses root, was",
                help: "run the tests as another user",
            })?;
        chown(directory, Some(user), Some(group)).attempt("giving a cluster's directory away")?;
        Ok(Self { ids: Some((user, group)) })
    }

    fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}

/// User and group id of an account.
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
