//! Each operation in a small and in a large database, in turns.

use serde_json::json;

use super::{
    arena::Arena,
    arguments::Extent,
    load::Pressure,
    operation::Operation,
    report::{Bound, Findings, Table, Target, spread},
    site::Site,
    stats::Series,
};
use crate::shell::{Failure, say};

const SMALL: u32 = 1_000;
const LARGE: u32 = 1_000_000;

const OPERATIONS: [Operation; 4] = [Operation::Get, Operation::List, Operation::Create, Operation::Accept];

/// With `--quick`, the database of the other parts is the large one: not yet a million.
pub(super) fn run(site: &Site, arena: &mut Arena, extent: Extent) -> Result<Findings, Failure> {
    let mut small = Arena::new(site, SMALL)?;
    if extent.quick {
        return compare(site, &mut small, arena, extent);
    }
    say(&format!("seeding {LARGE} pending invitations"));
    compare(site, &mut small, &mut Arena::new(site, LARGE)?, extent)
}

fn compare(site: &Site, small: &mut Arena, large: &mut Arena, extent: Extent) -> Result<Findings, Failure> {
    let pressure = Pressure { connections: 16, seconds: extent.seconds };
    let mut rates = OPERATIONS.map(|operation| (operation, Series::default(), Series::default()));
    for round in 1..=extent.rounds {
        say(&format!("sizes: round {round} of {}", extent.rounds));
        for (operation, few, many) in &mut rates {
            few.0.push(small.measure(site, *operation, pressure)?.load.rate);
            many.0.push(large.measure(site, *operation, pressure)?.load.rate);
        }
    }
    let mut findings = Findings::default();
    let mut table = Table::new(
        format!("{} pending invitations against {}, 16 connections", large.rows, small.rows),
        &["operation", "few, 1/s", "many, 1/s", "ratio"],
    )
    .note("So many in each of two accounts, and in the small database besides them those that are accepted here.");
    for (operation, few, many) in rates {
        let ratio = many.over(&few);
        table.row([operation.name().to_owned(), spread(&few), spread(&many), spread(&ratio)]);
        let what = format!("{}: {} pending against {}", operation.name(), large.rows, small.rows);
        findings.targets.push(Target::new(&what, ratio.median(), Bound::AtLeast(0.85), "x few"));
        findings.figure(what, json!({ "few": few.0, "many": many.0, "ratio": ratio.0 }));
    }
    findings.tables.push(table);
    Ok(findings)
}
