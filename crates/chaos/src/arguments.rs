use std::{
    fmt,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

/// Which scenarios to run, and how often.
#[derive(Debug, Args)]
pub struct ChaosArguments {
    /// The long form, with the release build: about a quarter of an hour. The default is the short form, with the build of the
    /// tests: at most three minutes.
    #[arg(long)]
    pub(crate) long: bool,
    /// Runs only these scenarios, separated by commas.
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',', ignore_case = true)]
    pub(crate) only: Vec<Scenario>,
    /// Runs only on this database.
    #[arg(long, value_name = "DATABASE")]
    pub(crate) database: Option<DatabaseKind>,
    /// Number of kills in R1, kills at each point in R2, and rounds of the other scenarios; a round of R6 has each kind of
    /// outage once. The default differs for each scenario.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) kills: Option<u32>,
    /// Seed for the choice of processes and moments. Each run prints its seed, so that the choice can be repeated.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Folder for the databases.
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Name of the report, target/chaos/NAME.json. Default: `short`, with --long `long`.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// SIGKILL of one of two processes at random moments, under a load of creations
    #[value(name = "R1")]
    RandomKills,
    /// SIGKILL at named points in the life of a mail and of a creation
    #[value(name = "R2")]
    KillPoints,
    /// SIGTERM of one of two processes after the other, behind a proxy that repeats no request
    #[value(name = "R3")]
    RollingRestarts,
    /// Restarts, silence and failovers of PostgreSQL, under a load of creations
    #[value(name = "R6")]
    Outages,
    /// A full disk below the database, under a load of creations
    #[value(name = "R7")]
    DiskFull,
    /// A pool whose connections all wait for a lock
    #[value(name = "R8")]
    PoolExhausted,
    /// 2,000 clients that never finish a request
    #[value(name = "R9")]
    SlowClients,
    /// A replica whose clock is ten minutes fast or slow
    #[value(name = "R12")]
    WrongClock,
    /// A relay that is down, under a load of creations
    #[value(name = "R4")]
    RelayDown,
    /// Bad addresses among good ones, and a relay that refuses every recipient for a while
    #[value(name = "R5")]
    RefusedRecipients,
    /// SIGSTOP of a worker for longer than its lease, and SIGCONT afterwards
    #[value(name = "R13")]
    StoppedWorker,
    /// 200 concurrent acceptances of one invitation
    #[value(name = "R14")]
    ConcurrentAcceptances,
    /// Concurrent start of several processes on an empty database
    #[value(name = "R15")]
    ColdStart,
    /// Retry of a creation whose response was lost, with the same Idempotency-Key
    #[value(name = "R16")]
    LostResponses,
    /// PgBouncer in front of PostgreSQL, with another client in the same pool
    #[value(name = "pooler")]
    Pooler,
}

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DatabaseKind {
    /// A file
    Sqlite,
    /// A durable cluster, which the run starts
    Postgres,
}

impl DatabaseKind {
    pub(crate) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl Scenario {
    const ALL: [Self; 15] = [
        Self::RandomKills,
        Self::KillPoints,
        Self::RollingRestarts,
        Self::RelayDown,
        Self::RefusedRecipients,
        Self::Outages,
        Self::DiskFull,
        Self::PoolExhausted,
        Self::SlowClients,
        Self::WrongClock,
        Self::StoppedWorker,
        Self::ConcurrentAcceptances,
        Self::ColdStart,
        Self::LostResponses,
        Self::Pooler,
    ];

    /// The name in reports and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RandomKills => "R1",
            Self::KillPoints => "R2",
            Self::RollingRestarts => "R3",
            Self::Outages => "R6",
            Self::DiskFull => "R7",
            Self::PoolExhausted => "R8",
            Self::SlowClients => "R9",
            Self::WrongClock => "R12",
            Self::RelayDown => "R4",
            Self::RefusedRecipients => "R5",
            Self::StoppedWorker => "R13",
            Self::ConcurrentAcceptances => "R14",
            Self::ColdStart => "R15",
            Self::LostResponses => "R16",
            Self::Pooler => "pooler",
        }
    }

    /// Whether the scenario kills processes.
    pub(crate) fn kills(self) -> bool {
        matches!(self, Self::RandomKills | Self::KillPoints | Self::Outages | Self::LostResponses)
    }

    /// SQLite is for a single server, so there are no replicas to race, and no database server that can go away or
    /// stand behind a pooler.
    fn runs_on(self, kind: DatabaseKind) -> bool {
        match self {
            Self::RollingRestarts
            | Self::Outages
            | Self::WrongClock
            | Self::ConcurrentAcceptances
            | Self::Pooler => kind == DatabaseKind::Postgres,
            // What a connection may do has nothing to do with the database.
            Self::SlowClients => kind == DatabaseKind::Sqlite,
            _ => true,
        }
    }

    /// The default number of kills or rounds, in the long form and in the short form.
    fn default_counts(self, kind: DatabaseKind) -> (u32, u32) {
        match (self, kind) {
            (Self::RandomKills, DatabaseKind::Postgres) => (100, 6),
            (Self::RandomKills, DatabaseKind::Sqlite) => (40, 4),
            (Self::KillPoints | Self::LostResponses, _) => (20, 2),
            (Self::RollingRestarts, _) => (10, 2),
            (Self::Outages | Self::PoolExhausted | Self::SlowClients, _) => (3, 1),
            (Self::DiskFull | Self::StoppedWorker, _) => (2, 1),
            (Self::WrongClock | Self::Pooler | Self::RelayDown | Self::RefusedRecipients, _) => (1, 1),
            (Self::ConcurrentAcceptances | Self::ColdStart, _) => (50, 3),
        }
    }
}

impl ChaosArguments {
    /// The short form of all scenarios.
    pub(crate) fn short() -> Self {
        Self {
            long: false,
            only: Vec::new(),
            database: None,
            kills: None,
            seed: None,
            directory: PathBuf::from("/var/tmp"),
            name: None,
        }
    }

    /// The scenarios to run, each with its database and its number of kills or rounds.
    pub(crate) fn plan(&self) -> Vec<(Scenario, DatabaseKind, u32)> {
        let scenarios = if self.only.is_empty() { &Scenario::ALL[..] } else { &self.only };
        let is_selected = |scenario: Scenario, kind| {
            self.database.is_none_or(|selected| selected == kind) && scenario.runs_on(kind)
        };
        let all = scenarios.iter().flat_map(|scenario| DatabaseKind::ALL.map(|kind| (*scenario, kind)));
        let with_count = |(scenario, kind): (Scenario, DatabaseKind)| {
            let (long, short) = scenario.default_counts(kind);
            (scenario, kind, self.kills.unwrap_or(if self.long { long } else { short }))
        };
        all.filter(|(scenario, kind)| is_selected(*scenario, *kind)).map(with_count).collect()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(if self.long { "long" } else { "short" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_has_the_selected_scenarios_on_the_databases_that_they_run_on() {
        let only = vec![Scenario::ConcurrentAcceptances, Scenario::ColdStart];
        let mut arguments = ChaosArguments { only, ..ChaosArguments::short() };
        let acceptances = (Scenario::ConcurrentAcceptances, DatabaseKind::Postgres, 3);
        let cold_start = (Scenario::ColdStart, DatabaseKind::Postgres, 3);
        assert_eq!(
            arguments.plan(),
            [acceptances, cold_start, (Scenario::ColdStart, DatabaseKind::Sqlite, 3)]
        );
        arguments.database = Some(DatabaseKind::Sqlite);
        arguments.kills = Some(7);
        assert_eq!(arguments.plan(), [(Scenario::ColdStart, DatabaseKind::Sqlite, 7)]);
    }
}
