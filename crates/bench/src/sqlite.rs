//! Creations on SQLite, compared with single durable commits on the same disk.

use std::path::{Path, PathBuf};

use serde_json::json;
use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::RunSize,
    environment::BenchEnvironment,
    load::{self, LoadProfile},
    operation::{self, EMPTY_ROUTE},
    programs::BenchPrograms,
    report::{Bound, Report, Target},
    seed::{self, AdministratorTokens, READ},
    server::UsherServer,
    stats::Series,
    table::{Table, no_figure, rounded, spread},
};

/// Numbers of connections, each with the target rate of creations as a multiple of the rate of single commits. No
/// server can reach the target with one connection: a response takes as long as a commit and an empty response
/// together.
const CONNECTIONS: [(u32, Option<f64>); 2] = [(1, None), (64, Some(4.0))];

/// What one run measures.
#[derive(Default)]
struct Rates {
    /// Appends of a page to a plain file, each flushed.
    appends: Series,
    /// Single commits of an invitation and its mail.
    commits: Series,
    /// Requests of the empty route, with one connection.
    empty_responses: Series,
    creations: [Creations; CONNECTIONS.len()],
}

/// Creations at one number of connections.
#[derive(Default)]
struct Creations {
    rate: Series,
    /// Usher's processor time for each creation, in microseconds.
    cpu: Series,
    p99_to_p50: Series,
}

pub(crate) fn run(environment: &BenchEnvironment, size: RunSize) -> Result<Report, Failure> {
    let target = SqliteTarget::new(environment, size)?;
    let mut rates = Rates::default();
    let mut series = 0;
    for round in 1..=size.rounds {
        report_progress(&format!("SQLite: round {round} of {}", size.rounds));
        target.measure_baseline(size, &mut rates)?;
        for ((connections, _), creations) in CONNECTIONS.iter().zip(&mut rates.creations) {
            series += 1;
            let profile = LoadProfile { connections: *connections, seconds: size.seconds };
            target.measure_creations(profile, series, creations)?;
        }
    }
    Ok(rates.report())
}

/// Usher on one SQLite file, and the baseline on another file with the same rows.
struct SqliteTarget<'e> {
    environment: &'e BenchEnvironment,
    usher: UsherServer,
    tokens: AdministratorTokens,
    file: PathBuf,
    baseline: PathBuf,
    plain_file: PathBuf,
}

impl<'e> SqliteTarget<'e> {
    fn new(environment: &'e BenchEnvironment, size: RunSize) -> Result<Self, Failure> {
        let BenchEnvironment { programs, folder, .. } = environment;
        let [file, baseline] = ["usher", "baseline"].map(|name| folder.join(format!("{name}.sqlite")));
        let tokens = seed_file(programs, &file, folder, size.pending)?;
        seed_file(programs, &baseline, folder, size.pending)?;
        // The baseline writes only the rows: Usher's counters are a part of Usher's cost.
        programs.sqlite_script(&baseline, "DROP TRIGGER open_inserted")?;
        let usher = UsherServer::start(programs, &url(&file), folder)?;
        let plain_file = folder.join("plain");
        Ok(Self { environment, usher, tokens, file, baseline, plain_file })
    }

    fn measure_baseline(&self, size: RunSize, rates: &mut Rates) -> Result<(), Failure> {
        let programs = &self.environment.programs;
        rates.appends.0.push(programs.sqlite_number("appends", &self.plain_file, Some(size.seconds))?);
        rates.commits.0.push(programs.sqlite_number("commits", &self.baseline, Some(size.seconds))?);
        let profile = LoadProfile { connections: 1, seconds: size.seconds };
        let empty = operation::fixed_path(EMPTY_ROUTE, None);
        rates.empty_responses.0.push(load::drive(programs, self.usher.address, profile, &empty)?.rate);
        Ok(())
    }

    fn measure_creations(
        &self,
        profile: LoadProfile,
        series: u32,
        creations: &mut Creations,
    ) -> Result<(), Failure> {
        let BenchEnvironment { programs, clock, .. } = self.environment;
        let mails_before = programs.sqlite_number("count", &self.file, None)?;
        let cpu_before = clock.of_process(self.usher.pid())?;
        let requests = operation::create(series, &self.tokens);
        let load = load::drive(programs, self.usher.address, profile, &requests)?;
        let cpu = clock.of_process(self.usher.pid())? - cpu_before;
        let mails = programs.sqlite_number("count", &self.file, None)? - mails_before;
        if (mails - f64::from(load.total)).abs() > 0.5 {
            return Err(format!("SQLite: {} responses 200, but {mails} mails", load.total).into());
        }
        creations.cpu.0.push(cpu * 1e6 / f64::from(load.total));
        creations.rate.0.push(load.rate);
        creations.p99_to_p50.0.push(load.p99 / load.p50);
        Ok(())
    }
}

impl Rates {
    fn report(&self) -> Report {
        let mut report = Report::default();
        let columns = ["what", "1/s", "x single commits", "CPU, µs"];
        let mut table = Table::new("SQLite, synchronous=FULL", &columns).note(
            "A single commit is an invitation and its mail in one transaction with one flush, through SQLite itself.",
        );
        let row = |what: &str, rate: &Series, ratio: String, cpu: String| {
            [what.to_owned(), spread(rate), ratio, cpu]
        };
        table.row(row("append a page to a plain file, flush", &self.appends, no_figure(), no_figure()));
        table.row(row("single commits", &self.commits, rounded(1.0), no_figure()));
        let combined = self.commits.combined_rate(&self.empty_responses);
        let ratio = spread(&combined.ratio_to(&self.commits));
        let what = "computed: an empty response, then a single commit, 1 connection";
        table.row(row(what, &combined, ratio, no_figure()));
        for ((connections, least), creations) in CONNECTIONS.iter().zip(&self.creations) {
            let ratio = creations.rate.ratio_to(&self.commits);
            let what = format!("Usher: create, {connections} connections");
            table.row(row(&what, &creations.rate, spread(&ratio), rounded(creations.cpu.median())));
            let name = format!("SQLite: create, c={connections}");
            if let Some(least) = least {
                let target = Target::new(&name, ratio.median(), Bound::AtLeast(*least), "x single commits");
                report.targets.push(target);
                report.figure(format!("{name}: p99 to p50"), creations.p99_to_p50.0.clone());
            }
            report.figure(
                name,
                json!({ "rate": creations.rate.0, "ratio": ratio.0, "cpu_us": creations.cpu.0 }),
            );
        }
        report.figure(
            "SQLite: baseline",
            json!({ "commits": self.commits.0, "appends": self.appends.0, "answers": self.empty_responses.0 }),
        );
        report.tables.push(table);
        report
    }
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

fn seed_file(
    programs: &BenchPrograms,
    file: &Path,
    folder: &Path,
    rows: u32,
) -> Result<AdministratorTokens, Failure> {
    let tokens = seed::create_accounts(programs, &url(file), folder)?;
    programs.sqlite_script(file, &seed::sqlite_invitations(READ, 1, rows))?;
    Ok(tokens)
}
