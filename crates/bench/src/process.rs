//! Resident memory, and the time from start to the first response.

use serde_json::json;
use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::RunSize,
    environment::BenchEnvironment,
    load,
    operation::{self, INVITATIONS, Operation, fixed_path},
    procfs,
    report::{Bound, Report, Target},
    server::UsherServer,
    stats::Series,
    system::SystemUnderTest,
    table::{Table, rounded},
};

const STARTS: u32 = 10;

/// Requests before memory is read again.
const REQUESTS: u32 = 1_000_000;
const QUICK_REQUESTS: u32 = 20_000;

/// The series of email addresses of this part; other parts count from 1.
const SERIES: u32 = 1_000_000;

pub(crate) fn run(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    size: RunSize,
) -> Result<Report, Failure> {
    let mut report = Report::default();
    start(environment, system, &mut report)?;
    memory(environment, system, size, &mut report)?;
    Ok(report)
}

fn start(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    report: &mut Report,
) -> Result<(), Failure> {
    report_progress(&format!("starting Usher {STARTS} times"));
    let start = |_| Ok(start_server(environment, system)?.started_in.as_secs_f64() * 1e3);
    let times = (0..STARTS).map(start).collect::<Result<Series, Failure>>()?;
    let mut table =
        Table::new("From the start of the process to the first response", &["median, ms", "min", "max"])
            .note("Of /health/ready, on a migrated database in PostgreSQL.");
    table.row([times.median(), times.min(), times.max()].map(rounded));
    report.tables.push(table);
    report.targets.push(Target::new("start to first response", times.median(), Bound::AtMost(100.0), "ms"));
    report.figure("start_ms", times.0);
    Ok(())
}

fn memory(
    environment: &BenchEnvironment,
    system: &SystemUnderTest,
    size: RunSize,
    report: &mut Report,
) -> Result<(), Failure> {
    let requests = if size.quick { QUICK_REQUESTS } else { REQUESTS };
    report_progress(&format!("memory after {requests} requests"));
    let usher = start_server(environment, system)?;
    let resident = || Ok::<_, Failure>(procfs::resident_kib(usher.pid(), "VmRSS")? / 1024.0);
    let at_start = resident()?;
    let tokens = &system.tokens;
    let mix = [
        (10, operation::create(SERIES, tokens)),
        (10, fixed_path(operation::FIRST_PAGE, Some(&tokens.read))),
        (80, operation::random_invitation(system.rows, tokens)),
    ];
    for (percent, what) in mix {
        load::drive_count(&environment.programs, usher.address, 64, requests / 100 * percent, &what)?;
    }
    let after_requests = resident()?;
    report_progress("memory during a list without a limit");
    let growth = growth_by_list(environment, system)?;
    let mut table = Table::new("Resident memory, MiB", &["when", "MiB"]);
    let list = format!("peak growth during one list of {} invitations without a limit", system.rows);
    let rows = [
        ("after the start".to_owned(), at_start),
        (format!("after {requests} requests"), after_requests),
        (list, growth),
    ];
    for (when, mib) in rows {
        table.row([when, rounded(mib)]);
    }
    report.tables.push(table);
    let after = format!("resident after {requests} requests");
    report.targets.extend([
        Target::new("resident after start", at_start, Bound::AtMost(24.0), "MiB"),
        Target::new(after, after_requests, Bound::AtMost(48.0), "MiB"),
        Target::new("resident: growth by a list without a limit", growth, Bound::AtMost(16.0), "MiB"),
    ]);
    report.figure(
        "resident_mib",
        json!({ "start": at_start, "requests": requests, "afterwards": after_requests, "list_growth": growth }),
    );
    Ok(())
}

/// The peak growth of resident memory during a list without a limit, in MiB. The process has handled requests before, but no
/// list: memory that an earlier list has left behind would hide the growth.
fn growth_by_list(environment: &BenchEnvironment, system: &SystemUnderTest) -> Result<f64, Failure> {
    let programs = &environment.programs;
    let usher = start_server(environment, system)?;
    let reads = operation::random_invitation(system.rows, &system.tokens);
    load::drive_count(programs, usher.address, 16, 1_000, &reads)?;
    procfs::reset_peak(usher.pid())?;
    let before = procfs::resident_kib(usher.pid(), "VmRSS")?;
    let list = fixed_path(INVITATIONS, Some(&system.tokens.read));
    let listed = load::drive_count(programs, usher.address, 1, 1, &list)?;
    if !listed.sample.contains(Operation::FirstPage.expected_text()) {
        return Err(format!("unexpected response to a list without a limit: {}", listed.sample).into());
    }
    Ok((procfs::resident_kib(usher.pid(), "VmHWM")? - before) / 1024.0)
}

/// Starts one more server on the database of the system under test.
fn start_server(environment: &BenchEnvironment, system: &SystemUnderTest) -> Result<UsherServer, Failure> {
    UsherServer::start(&environment.programs, system.url(), &environment.folder)
}
