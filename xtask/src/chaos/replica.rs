use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    http::{self, Answer},
    random::Random,
    site::Site,
    store::Store,
    wait,
};
use crate::shell::{Failure, program};

/// Longest start.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `usher serve`, delivering mails itself.
    Whole,
    /// `usher serve` without a worker.
    Api,
    /// `usher worker`.
    Worker,
}

/// How a process is started, again and again on the same address.
#[derive(Clone)]
pub(super) struct Recipe {
    /// How the database knows it, and its log.
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) address: SocketAddr,
    url: String,
    settings: Vec<(&'static str, String)>,
}

/// A running process; killed when dropped.
pub(super) struct Replica<'s> {
    site: &'s Site,
    child: Child,
    recipe: Recipe,
    log: PathBuf,
}

/// Usher's program with the settings that all commands share: the defaults, but for what this machine demands, and for the
/// write limit, because one person makes all the invitations here.
pub(super) fn command(site: &Site, url: &str) -> Command {
    let mut usher = program(&site.programs.usher);
    usher.current_dir(site.folder()).env_clear().stdin(Stdio::null()).envs([
        ("USHER__DATABASE__URL", url),
        ("USHER__AUTH__SECRET", "a secret of the crash test, which protects nothing"),
        ("USHER__MAIL__FROM", "invitations@example.com"),
        ("USHER__SERVER__PUBLIC_URL", "http://127.0.0.1:9"),
        ("USHER__LIMITS__WRITES_PER_HOUR", "0"),
        ("USHER__LOG__FILTER", "warn,usher_api::compose=info"),
    ]);
    usher
}

impl Recipe {
    pub(super) fn new(
        site: &Site,
        store: &Store,
        name: &str,
        role: Role,
        relay: u16,
        random: &mut Random,
    ) -> Result<Self, Failure> {
        let settings = vec![
            ("USHER__MAIL__URL", format!("smtp://127.0.0.1:{relay}")),
            ("USHER__MAIL__DEADLINE", format!("{}s", site.deadline())),
        ];
        let (name, url) = (name.to_owned(), store.url(name));
        Ok(Self { name, role, address: free_address(random)?, url, settings })
    }

    /// With one more setting.
    pub(super) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    pub(super) fn start<'s>(&self, site: &'s Site) -> Result<Replica<'s>, Failure> {
        let log = site.folder().join(format!("{}.log", self.name));
        let mut usher = command(site, &self.url);
        usher.arg(if self.role == Role::Worker { "worker" } else { "serve" });
        usher.env("USHER__SERVER__BIND", self.address.to_string());
        usher.env("USHER__WORKER__ENABLED", (self.role == Role::Whole).to_string());
        usher.envs(self.settings.iter().map(|(name, value)| (name, value)));
        usher.stdout(Stdio::null()).stderr(File::create(&log)?);
        let child = usher.spawn()?;
        site.keeper().started(child.id())?;
        Ok(Replica { site, child, recipe: self.clone(), log })
    }

    /// Starts it and waits until it works.
    pub(super) fn run<'s>(&self, site: &'s Site) -> Result<Replica<'s>, Failure> {
        let mut replica = self.start(site)?;
        replica.await_ready()?;
        Ok(replica)
    }
}

impl Replica<'_> {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it answers that it is ready; a worker, that has no address, until it says so in its log.
    pub(super) fn await_ready(&mut self) -> Result<(), Failure> {
        let name = self.recipe.name.clone();
        wait::until(&format!("{name} does not start"), PATIENCE, || {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("{name} does not start: {status}\n{}", self.said()).into());
            }
            let ready = match self.recipe.role {
                Role::Worker => self.said().contains("delivering mails"),
                Role::Whole | Role::Api => {
                    let answer = http::get(self.recipe.address, "/health/ready");
                    matches!(answer, Answer::Whole { status: 200, .. })
                }
            };
            Ok(ready.then_some(()))
        })
    }

    /// SIGKILL, and the process is gone when this returns.
    pub(super) fn kill(mut self) -> Result<(), Failure> {
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("{} ended by itself: {status}\n{}", self.recipe.name, self.said()).into());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// What it wrote into its log.
    pub(super) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Replica<'_> {
    fn drop(&mut self) {
        // There is nobody to tell; and whoever has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.site.keeper().ended(self.child.id());
    }
}

/// A port that nobody has, below those that the system gives to outgoing connections: such a one could be taken while the
/// process that is to have it is down.
fn free_address(random: &mut Random) -> Result<SocketAddr, Failure> {
    for _ in 0..100 {
        let port = u16::try_from(10_240 + random.below(20_000)).unwrap_or(10_240);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err("found no free port".to_owned().into())
}
