//! Usher's release build as a process.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::programs::Programs;
use crate::shell::{Failure, program};

/// Signs tokens of this run only.
pub(super) const SECRET: &str = "a secret of the benchmarks, which protects nothing";

/// Longest start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; stopped when dropped.
pub(super) struct Usher {
    child: Child,
    pub(super) address: SocketAddr,
    /// From the start of the process to the first answer of `/health/ready`.
    pub(super) started_in: Duration,
    log: PathBuf,
}

/// Usher's program with the settings of the benchmarks, which are the defaults but for these.
///
/// Mails stay queued: what sending them costs is not a part of a request. Writes are counted against a limit that the one person who makes
/// all invitations here does not reach. A place in the pool is waited for as long as it takes, so that a slow machine shows in
/// the figures and not as refusals.
pub(super) fn command(programs: &Programs, url: &str, folder: &Path) -> Command {
    let mut usher = program(&programs.usher);
    usher.current_dir(folder).env_clear().envs([
        ("USHER__DATABASE__URL", url),
        ("USHER__DATABASE__ACQUIRE_TIMEOUT", "10s"),
        ("USHER__AUTH__SECRET", SECRET),
        ("USHER__MAIL__URL", "smtp://127.0.0.1:9"),
        ("USHER__MAIL__FROM", "invitations@example.com"),
        ("USHER__WORKER__ENABLED", "false"),
        ("USHER__LIMITS__WRITES_PER_HOUR", "1000000000"),
        ("USHER__LOG__FILTER", "warn"),
    ]);
    usher
}

impl Usher {
    /// Starts it on a migrated database, and waits until it is ready.
    pub(super) fn start(programs: &Programs, url: &str, folder: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = folder.join(format!("usher-{}.log", address.port()));
        let mut usher = command(programs, url, folder);
        usher.arg("serve").env("USHER__SERVER__BIND", address.to_string());
        usher.env("USHER__SERVER__PUBLIC_URL", format!("http://{address}"));
        usher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let begun = Instant::now();
        let child = usher.spawn()?;
        let mut server = Self { child, address, started_in: Duration::ZERO, log };
        server.await_ready(begun)?;
        server.started_in = begun.elapsed();
        Ok(server)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it complained about so far.
    pub(super) fn complaints(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "there is no event to wait for: a port is bound or not yet"
    )]
    fn await_ready(&mut self, begun: Instant) -> Result<(), Failure> {
        loop {
            if get(self.address, "/health/ready").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 ")) {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                return Err(format!("Usher does not start:\n{}", self.complaints()).into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

impl Drop for Usher {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing that it would have to write down.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; the whole answer.
fn get(address: SocketAddr, path: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: usher\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
