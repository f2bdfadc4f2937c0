//! The time of a page, by its position in the list and by the way of paging: one client, one request at a time.

use serde_json::{Value, json};
use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::RunSize,
    environment::BenchEnvironment,
    load,
    operation::{INVITATIONS, fixed_path},
    report::{Bound, Report, Target},
    stats::Series,
    system::SystemUnderTest,
    table::{Table, rounded, spread},
};

/// The measured positions, in quarters of the list.
const QUARTERS: [u32; 5] = [0, 1, 2, 3, 4];

/// The target for following `next`: the slowest tenth of the pages may take this multiple of the fastest.
const MAX_SPREAD: f64 = 1.15;

pub(crate) fn run(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    size: RunSize,
) -> Result<Report, Failure> {
    report_progress("pages");
    let mut report = Report::default();
    positions(environment, system, size, &mut report)?;
    walk(environment, system, size, &mut report)?;
    Ok(report)
}

/// Measures single pages at several positions, for each way of paging.
fn positions(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    size: RunSize,
    report: &mut Report,
) -> Result<(), Failure> {
    let requests = if size.quick { 40 } else { 400 };
    let columns = ["paging by", "first", "first quarter", "middle", "third quarter", "last"];
    let mut table = Table::new(format!("A page of 25 of {} invitations, ms", system.rows), &columns)
        .note("Median of the whole request, one request at a time. Fastly's dialect lists the newest first.");
    let deep_pages = std::fs::read_to_string(&system.deep_pages)?;
    let deep_pages: Vec<&str> = deep_pages.lines().collect();
    let last = u32::try_from(deep_pages.len()).unwrap_or(1).saturating_sub(1);
    let by_next = |quarter: u32| {
        let index = usize::try_from(last * quarter / 4).unwrap_or_default();
        (*deep_pages.get(index).unwrap_or(&INVITATIONS)).to_owned()
    };
    let by_offset =
        |quarter: u32| format!("{INVITATIONS}?limit=25&offset={}", (system.rows - 25) / 4 * quarter);
    let pages = system.rows / 25;
    let by_number = |quarter: u32| {
        format!("/invitations?page%5Bsize%5D=25&page%5Bnumber%5D={}", 1 + (pages - 1) * quarter / 4)
    };
    let ways: [(&str, &dyn Fn(u32) -> String); 3] = [
        ("next, Landscape's dialect", &by_next),
        ("limit and offset, Landscape's dialect", &by_offset),
        ("page number, Fastly's dialect", &by_number),
    ];
    for (name, path) in ways {
        let mut times = Vec::new();
        for quarter in QUARTERS {
            let page = fixed_path(&path(quarter), Some(&system.tokens.read));
            let load = load::drive_count(&environment.programs, system.usher.address, 1, requests, &page)?;
            times.push(load.p50 / 1e3);
        }
        table.row([name.to_owned()].into_iter().chain(times.iter().map(|time| rounded(*time))));
        report.figure(format!("page by {name}, ms"), times);
    }
    report.tables.push(table);
    Ok(())
}

/// Follows `next` from the first page to the last. A tenth of the pages takes a fraction of a second, which other work on the
/// machine can disturb. Each round measures all tenths, and the target compares the fastest round of each.
fn walk(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    size: RunSize,
    report: &mut Report,
) -> Result<(), Failure> {
    // The quick run requests larger pages, so that it ends sooner.
    let page_size = if size.quick { 250 } else { 25 };
    let mut tenths =
        ["first_tenth_us", "middle_tenth_us", "last_tenth_us"].map(|name| (name, Series::default()));
    let mut pages = 0;
    for _ in 0..size.rounds {
        let walked = system.walk(environment, &format!("{INVITATIONS}?limit={page_size}"), None)?;
        pages = walked.get("pages").and_then(Value::as_u64).unwrap_or_default();
        for (name, times) in &mut tenths {
            times.0.push(walked.get(*name).and_then(Value::as_f64).unwrap_or(f64::NAN) / 1e3);
        }
    }
    let mut table = Table::new(
        format!("Following next from the first page to the last, {page_size} in a page"),
        &["pages", "first tenth, ms", "middle tenth, ms", "last tenth, ms"],
    )
    .note(
        "Medians, with minimum and maximum of the rounds. The target compares the minima. Every invitation was listed once \
         and in order.",
    );
    table.row([pages.to_string()].into_iter().chain(tenths.iter().map(|(_, times)| spread(times))));
    report.tables.push(table);
    let fastest = Series(tenths.iter().map(|(_, times)| times.min()).collect());
    let ratio = fastest.max() / fastest.min();
    let name = "following next: slowest tenth of the pages";
    report.targets.push(Target::new(name, ratio, Bound::AtMost(MAX_SPREAD), "x fastest"));
    let tenths = tenths.map(|(_, times)| times.0);
    report.figure("walk", json!({ "page_size": page_size, "pages": pages, "tenths_ms": tenths }));
    Ok(())
}
