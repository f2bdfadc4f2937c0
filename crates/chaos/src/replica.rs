use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use usher_tooling::{Failure, program};

use crate::{
    child::ChildProcess,
    database::TestDatabase,
    environment::ChaosEnvironment,
    http::{self, HttpOutcome},
    seeded_random::SeededRandom,
    signal::signal,
    wait,
};

/// The longest time that a start may take.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The line in a worker's log that shows that it has started.
const WORKER_READY: &str = "delivering mails";

/// The work of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplicaRole {
    /// `usher serve` with its worker.
    Whole,
    /// `usher serve` without a worker.
    Api,
    /// `usher worker`.
    Worker,
}

/// How to start a process. Each start uses the same address.
#[derive(Clone)]
pub(crate) struct ReplicaSpec {
    /// The name of the process in its database connections and its log file.
    pub(crate) name: String,
    pub(crate) role: ReplicaRole,
    pub(crate) address: SocketAddr,
    url: String,
    settings: Vec<(&'static str, String)>,
}

/// A running process; killed when dropped.
pub(crate) struct Replica<'e> {
    child: ChildProcess<'e>,
    spec: ReplicaSpec,
    log: PathBuf,
}

/// Usher's program with the settings that all commands share. All other settings have their defaults. The write limit is off,
/// because a single person creates all invitations.
pub(crate) fn command(environment: &ChaosEnvironment, url: &str) -> Command {
    let mut usher = program(&environment.programs.usher);
    usher.current_dir(environment.folder()).env_clear().stdin(Stdio::null()).envs([
        ("USHER__DATABASE__URL", url),
        ("USHER__AUTH__SECRET", "a secret of the crash test, which protects nothing"),
        ("USHER__MAIL__FROM", "invitations@example.com"),
        ("USHER__SERVER__PUBLIC_URL", "http://127.0.0.1:9"),
        ("USHER__LIMITS__WRITES_PER_HOUR", "0"),
        ("USHER__LOG__FILTER", "warn,usher_api::compose=info"),
    ]);
    usher
}

impl ReplicaSpec {
    pub(crate) fn new(
        environment: &ChaosEnvironment,
        database: &TestDatabase,
        name: &str,
        role: ReplicaRole,
        relay: u16,
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let settings = vec![
            ("USHER__MAIL__URL", format!("smtp://127.0.0.1:{relay}")),
            ("USHER__MAIL__DEADLINE", format!("{}s", environment.mail_deadline())),
        ];
        let (name, url) = (name.to_owned(), database.url(name));
        Ok(Self { name, role, address: free_address(random)?, url, settings })
    }

    /// Adds a setting.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Starts a process without waiting until it is ready.
    pub(crate) fn start<'e>(&self, environment: &'e ChaosEnvironment) -> Result<Replica<'e>, Failure> {
        let log = environment.folder().join(format!("{}.log", self.name));
        let mut usher = command(environment, &self.url);
        usher.arg(if self.role == ReplicaRole::Worker { "worker" } else { "serve" });
        usher.env("USHER__SERVER__BIND", self.address.to_string());
        usher.env("USHER__WORKER__ENABLED", (self.role == ReplicaRole::Whole).to_string());
        usher.envs(self.settings.iter().map(|(name, value)| (name, value)));
        usher.stdout(Stdio::null()).stderr(File::create(&log)?);
        let child = ChildProcess::start(environment, &mut usher)?;
        Ok(Replica { child, spec: self.clone(), log })
    }

    /// Starts a process and waits until it is ready.
    pub(crate) fn run<'e>(&self, environment: &'e ChaosEnvironment) -> Result<Replica<'e>, Failure> {
        let mut replica = self.start(environment)?;
        replica.await_ready()?;
        Ok(replica)
    }
}

impl Replica<'_> {
    pub(crate) fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Waits until `/health/ready` returns 200. A worker has no address, so this looks for a line in its log instead.
    pub(crate) fn await_ready(&mut self) -> Result<(), Failure> {
        let name = self.spec.name.clone();
        wait::until(&format!("start of {name}"), START_TIMEOUT, || {
            if let Some(status) = self.child.status()? {
                return Err(format!("{name} does not start: {status}\n{}", self.log()).into());
            }
            let is_ready = match self.spec.role {
                ReplicaRole::Worker => self.log().contains(WORKER_READY),
                ReplicaRole::Whole | ReplicaRole::Api => {
                    let response = http::get(self.spec.address, "/health/ready");
                    matches!(response, HttpOutcome::Response { status: 200, .. })
                }
            };
            Ok(is_ready.then_some(()))
        })
    }

    /// Whether the process has not ended by itself.
    pub(crate) fn is_running(&mut self) -> Result<bool, Failure> {
        Ok(self.child.status()?.is_none())
    }

    /// Sends SIGKILL and waits until the process has ended.
    pub(crate) fn kill(mut self) -> Result<(), Failure> {
        if let Some(status) = self.child.status()? {
            return Err(format!("{} ended by itself: {status}\n{}", self.spec.name, self.log()).into());
        }
        self.child.kill()
    }

    /// Sends SIGTERM and waits until the process has ended by itself. Returns how long that took.
    pub(crate) fn terminate(mut self, timeout: Duration) -> Result<Duration, Failure> {
        let started = Instant::now();
        signal("TERM", self.pid())?;
        let name = self.spec.name.clone();
        let status = wait::until(&format!("end of {name}"), timeout, || self.child.status())?;
        if !status.success() {
            return Err(format!("{name} ended with {status}\n{}", self.log()).into());
        }
        Ok(started.elapsed())
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// The ports of this run. A port that was given away may not be listened on yet.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A free port below the range of ephemeral ports. The system could give an ephemeral port to an outgoing connection while the
/// process is down.
pub(crate) fn free_address(random: &mut SeededRandom) -> Result<SocketAddr, Failure> {
    for _ in 0..100 {
        let port = u16::try_from(10_240 + random.below(20_000)).unwrap_or(10_240);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port)
            && TcpListener::bind(address).is_ok()
        {
            return Ok(address);
        }
    }
    Err("found no free port".into())
}
