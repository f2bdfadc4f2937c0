//! Usher's release build as a process.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use usher_tooling::{Failure, program, spawn};

use crate::programs::BenchPrograms;

/// Signs the tokens of this run.
pub(crate) const SECRET: &str = "a secret of the benchmarks, which protects nothing";

/// The longest time that a start may take.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Usher's log message for each attempt to send a mail while the relay is down.
const EXPECTED_WARNING: &str = "mail not relayed";

/// A running server; killed when dropped.
pub(crate) struct UsherServer {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first response of `/health/ready`.
    pub(crate) started_in: Duration,
    log: PathBuf,
}

/// Usher's program with the settings of the benchmarks. All other settings have their defaults.
///
/// The delivery worker runs inside the server, as it does by default: its sweeps and its claims are a part of what is
/// measured. No relay listens on the configured port, so mails stay queued: the cost of SMTP is not a part of a
/// request, and a backlog of deliveries would disturb the measurements that follow. The write limit is out of reach,
/// because a single person creates all invitations. A request waits up to 10 s for a connection, so that a slow machine
/// affects the figures instead of causing failed requests.
pub(crate) fn command(programs: &BenchPrograms, url: &str, folder: &Path) -> Command {
    let mut usher = program(&programs.usher);
    usher.current_dir(folder).env_clear().envs([
        ("USHER__DATABASE__URL", url),
        ("USHER__DATABASE__ACQUIRE_TIMEOUT", "10s"),
        ("USHER__AUTH__SECRET", SECRET),
        ("USHER__MAIL__URL", "smtp://127.0.0.1:9"),
        ("USHER__MAIL__FROM", "invitations@example.com"),
        ("USHER__WORKER__ENABLED", "true"),
        ("USHER__LIMITS__WRITES_PER_HOUR", "1000000000"),
        ("USHER__LOG__FILTER", "warn"),
    ]);
    usher
}

impl UsherServer {
    /// Starts the server on a migrated database and waits until it is ready.
    pub(crate) fn start(programs: &BenchPrograms, url: &str, folder: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = folder.join(format!("usher-{}.log", address.port()));
        let mut usher = command(programs, url, folder);
        usher.arg("serve").env("USHER__SERVER__BIND", address.to_string());
        usher.env("USHER__SERVER__PUBLIC_URL", format!("http://{address}"));
        usher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let started = Instant::now();
        let child = spawn(&mut usher)?;
        let mut server = Self { child, address, started_in: Duration::ZERO, log };
        server.await_ready(started)?;
        server.started_in = started.elapsed();
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The warnings and errors logged so far, without the failed deliveries.
    pub(crate) fn unexpected_warnings(&self) -> Vec<String> {
        let is_unexpected = |line: &&str| !line.contains(EXPECTED_WARNING);
        self.log().lines().filter(is_unexpected).map(str::to_owned).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "no event signals that another process listens on its port"
    )]
    fn await_ready(&mut self, started: Instant) -> Result<(), Failure> {
        loop {
            if get(self.address, "/health/ready").is_ok_and(|text| text.starts_with("HTTP/1.1 200 ")) {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || started.elapsed() > START_TIMEOUT {
                return Err(format!("Usher does not start:\n{}", self.log()).into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}

impl Drop for UsherServer {
    fn drop(&mut self) {
        // A failure means that the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request on a new connection and returns the whole response.
fn get(address: SocketAddr, path: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(START_TIMEOUT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: usher\r\nconnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}
