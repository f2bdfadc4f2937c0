//! Each operation in a small and in a large database, in turns.

use serde_json::json;
use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::RunSize,
    environment::BenchEnvironment,
    load::LoadProfile,
    operation::Operation,
    report::{Bound, Report, Target},
    stats::Series,
    system::SystemUnderTest,
    table::{Table, spread},
};

/// Pending invitations in each account.
const SMALL: u32 = 1_000;
const LARGE: u32 = 1_000_000;

const OPERATIONS: [Operation; 4] =
    [Operation::Get, Operation::FirstPage, Operation::Create, Operation::Accept];

/// With `--quick`, the database of the other parts is the large one: seeding a million rows takes too long.
pub(crate) fn run(
    environment: &BenchEnvironment,
    system: &mut SystemUnderTest,
    size: RunSize,
) -> Result<Report, Failure> {
    let mut small = SystemUnderTest::new(environment, SMALL)?;
    if size.quick {
        return compare(environment, &mut small, system, size);
    }
    report_progress(&format!("seeding {LARGE} pending invitations"));
    compare(environment, &mut small, &mut SystemUnderTest::new(environment, LARGE)?, size)
}

fn compare(
    environment: &BenchEnvironment,
    small: &mut SystemUnderTest,
    large: &mut SystemUnderTest,
    size: RunSize,
) -> Result<Report, Failure> {
    let profile = LoadProfile { connections: 16, seconds: size.seconds };
    let mut rates = OPERATIONS.map(|operation| (operation, Series::default(), Series::default()));
    for round in 1..=size.rounds {
        report_progress(&format!("sizes: round {round} of {}", size.rounds));
        for (operation, in_small, in_large) in &mut rates {
            in_small.0.push(small.measure(environment, *operation, profile)?.load.rate);
            in_large.0.push(large.measure(environment, *operation, profile)?.load.rate);
        }
    }
    let mut report = Report::default();
    let mut table = Table::new(
        format!("{} pending invitations against {}, 16 connections", large.rows, small.rows),
        &["operation", "small, 1/s", "large, 1/s", "ratio"],
    )
    .note("Invitations in each of two accounts. The small database also holds the invitations that are accepted here.");
    for (operation, in_small, in_large) in rates {
        let ratio = in_large.ratio_to(&in_small);
        table.row([operation.name().to_owned(), spread(&in_small), spread(&in_large), spread(&ratio)]);
        let name = format!("{}: {} pending against {}", operation.name(), large.rows, small.rows);
        report.targets.push(Target::new(&name, ratio.median(), Bound::AtLeast(0.85), "x small"));
        report.figure(name, json!({ "small": in_small.0, "large": in_large.0, "ratio": ratio.0 }));
    }
    report.tables.push(table);
    Ok(report)
}
