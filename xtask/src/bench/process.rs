//! Resident memory, and the time to the first answer.

use serde_json::json;

use super::{
    arena::Arena,
    arguments::Extent,
    load,
    operation::{self, INVITATIONS, same},
    proc,
    report::{Bound, Findings, Table, Target, short},
    server::Usher,
    site::Site,
    stats::Series,
};
use crate::shell::{Failure, say};

const STARTS: u32 = 10;

/// Requests before memory is read again.
const MANY: u32 = 1_000_000;
const QUICK: u32 = 20_000;

/// Numbers of creations that no other part uses.
const SERIES: u32 = 1_000_000;

pub(super) fn run(site: &Site, arena: &Arena, extent: Extent) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    start(site, arena, &mut findings)?;
    memory(site, arena, extent, &mut findings)?;
    Ok(findings)
}

fn start(site: &Site, arena: &Arena, findings: &mut Findings) -> Result<(), Failure> {
    say("starting, again and again");
    let start =
        |_| Ok(Usher::start(&site.programs, arena.url(), &site.folder)?.started_in.as_secs_f64() * 1e3);
    let times = (0..STARTS).map(start).collect::<Result<Series, Failure>>()?;
    let mut table =
        Table::new("From the start of the process to the first answer", &["median, ms", "least", "most"])
            .note("Of /health/ready, on a migrated database in PostgreSQL.");
    table.row([times.median(), times.least(), times.most()].map(short));
    findings.tables.push(table);
    findings.targets.push(Target::new("start to first answer", times.median(), Bound::AtMost(100.0), "ms"));
    findings.figure("start_ms", times.0);
    Ok(())
}

fn memory(site: &Site, arena: &Arena, extent: Extent, findings: &mut Findings) -> Result<(), Failure> {
    let requests = if extent.quick { QUICK } else { MANY };
    say(&format!("memory after {requests} requests"));
    let usher = Usher::start(&site.programs, arena.url(), &site.folder)?;
    let resident = |which: &str| Ok::<_, Failure>(proc::resident(usher.pid(), which)? / 1024.0);
    let at_start = resident("VmRSS")?;
    let tokens = &arena.tokens;
    let shares = [
        (10, operation::create(SERIES, tokens)),
        (10, same(operation::FIRST_PAGE, Some(&tokens.read))),
        (80, operation::any_of(arena.rows, tokens)),
    ];
    for (share, what) in shares {
        load::count_out(&site.programs, usher.address, 64, requests / 100 * share, &what)?;
    }
    let afterwards = resident("VmRSS")?;
    say("memory during a list of everything");
    let growth = growth(site, arena)?;
    let mut table = Table::new("Resident memory, MiB", &["when", "MiB"]);
    let list = format!("grown by, at most, during one bare list of {} invitations", arena.rows);
    let rows = [
        ("after the start".to_owned(), at_start),
        (format!("after {requests} requests"), afterwards),
        (list, growth),
    ];
    for (when, size) in rows {
        table.row([when, short(size)]);
    }
    findings.tables.push(table);
    findings.targets.extend([
        Target::new("resident after start", at_start, Bound::AtMost(24.0), "MiB"),
        Target::new(format!("resident after {requests} requests"), afterwards, Bound::AtMost(48.0), "MiB"),
        Target::new("resident: growth by a bare list", growth, Bound::AtMost(16.0), "MiB"),
    ]);
    findings.figure(
        "resident_mib",
        json!({ "start": at_start, "requests": requests, "afterwards": afterwards, "list_growth": growth }),
    );
    Ok(())
}

/// In a process that has answered something, but not yet a list: memory that a former list left behind would hide it.
fn growth(site: &Site, arena: &Arena) -> Result<f64, Failure> {
    let usher = Usher::start(&site.programs, arena.url(), &site.folder)?;
    let token = Some(&*arena.tokens.read);
    load::count_out(&site.programs, usher.address, 16, 1_000, &operation::any_of(arena.rows, &arena.tokens))?;
    proc::forget_peak(usher.pid())?;
    let before = proc::resident(usher.pid(), "VmRSS")?;
    let listed = load::count_out(&site.programs, usher.address, 1, 1, &same(INVITATIONS, token))?;
    if !listed.sample.contains(operation::Operation::List.mark()) {
        return Err(format!("the bare list is not one: {}", listed.sample).into());
    }
    Ok((proc::resident(usher.pid(), "VmHWM")? - before) / 1024.0)
}
