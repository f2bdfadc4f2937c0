use std::{
    fmt,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

/// What to break, and how often.
#[derive(Args)]
pub(crate) struct ChaosArguments {
    /// The full figures, on the release build: in about ten minutes. Otherwise the short form, on the build of the
    /// tests, within three minutes.
    #[arg(long)]
    pub(super) long: bool,
    /// Only these scenarios, separated by commas.
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',', ignore_case = true)]
    pub(super) only: Vec<Scenario>,
    /// Only on this database.
    #[arg(long, value_name = "DATABASE")]
    pub(super) database: Option<Kind>,
    /// Kills of R1, kills at each point of R2, rounds of every other scenario; each has its own number if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) kills: Option<u32>,
    /// Chooses victims and moments; every run prints its own, to be given here again.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Where the databases are put.
    #[arg(long, default_value = "/var/tmp")]
    pub(super) directory: PathBuf,
    /// The report is target/chaos/NAME.json; `short` or `long` if not given.
    #[arg(long)]
    pub(super) name: Option<String>,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scenario {
    /// SIGKILL of one of two processes at random moments, under a load of creations
    #[value(name = "R1")]
    Random,
    /// SIGKILL at named points of a mail's and a creation's life
    #[value(name = "R2")]
    Points,
    /// 200 acceptances of one invitation at once
    #[value(name = "R14")]
    Race,
    /// Several processes start at once on an empty database
    #[value(name = "R15")]
    Cold,
    /// A creation whose answer was lost is asked for again, with the same Idempotency-Key
    #[value(name = "R16")]
    Repeat,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// One file
    Sqlite,
    /// A durable cluster of the run's own
    Postgres,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl Scenario {
    /// What runs when nothing else is asked for.
    const USUAL: [Self; 5] = [Self::Random, Self::Points, Self::Race, Self::Cold, Self::Repeat];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Random => "R1",
            Self::Points => "R2",
            Self::Race => "R14",
            Self::Cold => "R15",
            Self::Repeat => "R16",
        }
    }

    /// Whether it kills.
    pub(super) fn kills(self) -> bool {
        !matches!(self, Self::Race | Self::Cold)
    }

    /// Whether it makes sense on that database: SQLite is for one server, so nothing races there.
    fn runs_on(self, kind: Kind) -> bool {
        self != Self::Race || kind == Kind::Postgres
    }

    /// Kills or rounds, in the long form and in the short one.
    fn counts(self, kind: Kind) -> (u32, u32) {
        match (self, kind) {
            (Self::Random, Kind::Postgres) => (100, 6),
            (Self::Random, Kind::Sqlite) => (40, 4),
            (Self::Points | Self::Repeat, _) => (20, 2),
            (Self::Race | Self::Cold, _) => (50, 3),
        }
    }
}

impl ChaosArguments {
    /// The short form, with nothing chosen.
    pub(super) fn short() -> Self {
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

    /// What is to run, where, and how often.
    pub(super) fn plan(&self) -> Vec<(Scenario, Kind, u32)> {
        let scenarios = if self.only.is_empty() { &Scenario::USUAL[..] } else { &self.only };
        let wanted = |scenario: Scenario, kind| {
            self.database.is_none_or(|chosen| chosen == kind) && scenario.runs_on(kind)
        };
        let all = scenarios.iter().flat_map(|scenario| Kind::ALL.map(|kind| (*scenario, kind)));
        let count = |(scenario, kind): (Scenario, Kind)| {
            let (long, short) = scenario.counts(kind);
            (scenario, kind, self.kills.unwrap_or(if self.long { long } else { short }))
        };
        all.filter(|(scenario, kind)| wanted(*scenario, *kind)).map(count).collect()
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(if self.long { "long" } else { "short" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_planned_where_it_makes_sense() {
        let mut arguments =
            ChaosArguments { only: vec![Scenario::Race, Scenario::Cold], ..ChaosArguments::short() };
        let race = (Scenario::Race, Kind::Postgres, 3);
        let cold = (Scenario::Cold, Kind::Postgres, 3);
        assert_eq!(arguments.plan(), [race, cold, (Scenario::Cold, Kind::Sqlite, 3)]);
        arguments.database = Some(Kind::Sqlite);
        arguments.kills = Some(7);
        assert_eq!(arguments.plan(), [(Scenario::Cold, Kind::Sqlite, 7)]);
    }
}
