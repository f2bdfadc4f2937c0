//! SQLite, against durable commits one by one on the same disk.

use std::{path::Path, process::Command};

use serde_json::json;

use super::{
    arguments::Extent,
    load::{self, Pressure},
    operation::{self, EMPTY},
    programs::{Programs, output_of},
    report::{Bound, Findings, Table, Target, short, spread},
    seed::{self, READ, Tokens},
    server::Usher,
    site::Site,
    stats::Series,
};
use crate::shell::{Failure, program, say};

/// Usher at that many connections, and how many times the rate of single commits it must reach. With one, no server can reach it: an
/// answer takes the time of a commit and that of an empty answer. What sharing commits costs who is alone is measured without
/// HTTP: see [`Units`].
const CONCURRENCY: [(u32, Option<f64>); 2] = [(1, None), (64, Some(5.0))];

/// Units of work of the store that so many threads do at once, with commits of their own and with shared ones.
struct Units {
    threads: u32,
    /// How many times the rate of commits of their own the shared ones must reach.
    least: Option<f64>,
    own: Series,
    shared: Series,
}

impl Units {
    fn new(threads: u32, least: Option<f64>) -> Self {
        Self { threads, least, own: Series::default(), shared: Series::default() }
    }

    /// In one order in one round, and in the other in the next: the file grows.
    fn measure(
        &mut self,
        programs: &Programs,
        file: &Path,
        extent: Extent,
        round: u32,
    ) -> Result<(), Failure> {
        let mut ways = [("own", &mut self.own), ("shared", &mut self.shared)];
        if round.is_multiple_of(2) {
            ways.reverse();
        }
        for (commits, rates) in ways {
            let mut helper = program(&programs.sqlite);
            helper.arg("units").arg(file).args([
                &extent.seconds.to_string(),
                &self.threads.to_string(),
                commits,
            ]);
            rates.0.push(number(&mut helper)?);
        }
        Ok(())
    }

    fn report(&self, findings: &mut Findings, table: &mut Table, commits: &Series) {
        let ratio = self.shared.over(&self.own);
        let name = format!("SQLite: units of {} thread(s), shared commits", self.threads);
        let of_single = |rates: &Series| spread(&rates.over(commits));
        let rows = [("commits of their own", &self.own), ("shared commits", &self.shared)];
        for (what, rates) in rows {
            let what = format!("units of work without HTTP, {} thread(s), {what}", self.threads);
            table.row([what, spread(rates), of_single(rates), "–".to_owned()]);
        }
        if let Some(least) = self.least {
            let target = Target::new(&name, ratio.median(), Bound::AtLeast(least), "x commits of their own");
            findings.targets.push(target);
        }
        findings.figure(name, json!({ "own": self.own.0, "shared": self.shared.0, "ratio": ratio.0 }));
    }
}

pub(super) fn run(site: &Site, extent: Extent) -> Result<Findings, Failure> {
    let programs = &site.programs;
    let [file, floor, alone] =
        ["usher", "floor", "units"].map(|name| site.folder.join(format!("{name}.sqlite")));
    let tokens = seeded(programs, &file, &site.folder, extent.pending)?;
    seeded(programs, &floor, &site.folder, extent.pending)?;
    seeded(programs, &alone, &site.folder, extent.pending)?;
    // A floor is the bare rows: what Usher counts beside them is not its.
    programs.sqlite_script(&floor, "DROP TRIGGER open_inserted")?;
    let usher = Usher::start(programs, &url(&file), &site.folder)?;
    let plain = site.folder.join("plain");
    let (mut commits, mut appends, mut answers) = (Series::default(), Series::default(), Series::default());
    let mut creations = CONCURRENCY.map(|_| (Series::default(), Series::default()));
    // Sharing must not slow down who is alone, by more than one run differs from another.
    let mut units = [Units::new(1, Some(0.9)), Units::new(64, None)];
    let (mut series, mut p99) = (0, Series::default());
    for round in 1..=extent.rounds {
        say(&format!("SQLite: round {round} of {}", extent.rounds));
        appends.0.push(helper(programs, "appends", &plain, Some(extent.seconds))?);
        commits.0.push(helper(programs, "commits", &floor, Some(extent.seconds))?);
        let one = Pressure { connections: 1, seconds: extent.seconds };
        answers.0.push(load::drive(programs, usher.address, one, &operation::same(EMPTY, None))?.rate);
        for units in &mut units {
            units.measure(programs, &alone, extent, round)?;
        }
        for ((connections, _), (rates, cpu)) in CONCURRENCY.iter().zip(&mut creations) {
            series += 1;
            let pressure = Pressure { connections: *connections, seconds: extent.seconds };
            let (mails, used) =
                (helper(programs, "count", &file, None)?, site.clock.of_process(usher.pid())?);
            let what = operation::create(series, &tokens);
            let load = load::drive(programs, usher.address, pressure, &what)?;
            cpu.0.push((site.clock.of_process(usher.pid())? - used) * 1e6 / f64::from(load.total));
            let made = helper(programs, "count", &file, None)? - mails;
            if (made - f64::from(load.total)).abs() > 0.5 {
                return Err(format!("SQLite: {} answers 200, but {made} mails", load.total).into());
            }
            rates.0.push(load.rate);
            if *connections > 1 {
                p99.0.push(load.p99 / load.p50);
            }
        }
    }
    let mut findings = Findings::default();
    let mut table = Table::new("SQLite, synchronous=FULL", &["what", "1/s", "of single commits", "CPU, µs"])
        .note("A single commit is an invitation and its mail in one transaction with one flush, through SQLite itself.");
    let dash = || "–".to_owned();
    table.row(["append a page to a plain file, flush".to_owned(), spread(&appends), dash(), dash()]);
    table.row(["single commits".to_owned(), spread(&commits), short(1.0), dash()]);
    let both = commits.after(&answers);
    table.row([
        "computed: an empty answer, then a single commit, 1 connection".to_owned(),
        spread(&both),
        spread(&both.over(&commits)),
        dash(),
    ]);
    for ((connections, least), (rates, cpu)) in CONCURRENCY.iter().zip(&creations) {
        let ratio = rates.over(&commits);
        let name = format!("SQLite: create, c={connections}");
        table.row([
            format!("Usher: create, {connections} connections"),
            spread(rates),
            spread(&ratio),
            short(cpu.median()),
        ]);
        if let Some(least) = least {
            let target = Target::new(&name, ratio.median(), Bound::AtLeast(*least), "x single commits");
            findings.targets.push(target);
        }
        findings.figure(name, json!({ "rate": rates.0, "ratio": ratio.0, "cpu_us": cpu.0 }));
    }
    for units in &units {
        units.report(&mut findings, &mut table, &commits);
    }
    let [_, (many, _)] = &creations;
    let ratio = many.over(&units[1].own);
    let of_own = "x units of work with commits of their own";
    let name = "SQLite: create, c=64, same work";
    findings.targets.push(Target::new(name, ratio.median(), Bound::AtLeast(5.0), of_own));
    findings.figure(name, ratio.0);
    findings.figure(
        "SQLite: floors",
        json!({ "commits": commits.0, "appends": appends.0, "answers": answers.0 }),
    );
    findings.figure("SQLite: create, c=64: p99 to p50", p99.0);
    findings.tables.push(table);
    Ok(findings)
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

fn seeded(programs: &Programs, file: &Path, folder: &Path, rows: u32) -> Result<Tokens, Failure> {
    let tokens = seed::accounts(programs, &url(file), folder)?;
    programs.sqlite_script(file, &seed::invitations(READ, 1, rows))?;
    Ok(tokens)
}

/// Runs SQLite's helper, which answers a number.
fn helper(programs: &Programs, task: &str, file: &Path, seconds: Option<u32>) -> Result<f64, Failure> {
    let mut helper = program(&programs.sqlite);
    helper.arg(task).arg(file).args(seconds.map(|seconds| seconds.to_string()));
    number(&mut helper)
}

fn number(helper: &mut Command) -> Result<f64, Failure> {
    let answer = output_of(helper)?;
    answer.parse().map_err(|_| format!("SQLite's helper: {answer}").into())
}
