//! What a page costs, by how far from the start it is and by how it is asked for: one client, one request at a time.

use serde_json::{Value, json};

use super::{
    arena::Arena,
    arguments::Extent,
    load,
    operation::{INVITATIONS, same},
    report::{Bound, Findings, Table, Target, short, spread},
    site::Site,
    stats::Series,
};
use crate::shell::{Failure, say};

/// Where in the list, in quarters.
const QUARTERS: [u32; 5] = [0, 1, 2, 3, 4];

/// Most that the dearest tenth of the pages may cost, as a multiple of the cheapest: what is taken for "the same".
const SAME: f64 = 1.15;

pub(super) fn run(site: &Site, arena: &Arena, extent: Extent) -> Result<Findings, Failure> {
    say("pages");
    let mut findings = Findings::default();
    let requests = if extent.quick { 40 } else { 400 };
    let columns = ["asked for by", "first", "a quarter in", "middle", "three quarters in", "last"];
    let mut table = Table::new(format!("A page of 25 of {} invitations, ms", arena.rows), &columns).note(
        "Median of one request at a time, everything included. Fastly's dialect lists the newest first.",
    );
    let links = std::fs::read_to_string(&arena.links)?;
    let links: Vec<&str> = links.lines().collect();
    let last = u32::try_from(links.len()).unwrap_or(1).saturating_sub(1);
    let by_next = |quarter: u32| {
        let index = usize::try_from(last * quarter / 4).unwrap_or_default();
        (*links.get(index).unwrap_or(&INVITATIONS)).to_owned()
    };
    let by_offset =
        |quarter: u32| format!("{INVITATIONS}?limit=25&offset={}", (arena.rows - 25) / 4 * quarter);
    let pages = arena.rows / 25;
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
            let what = same(&path(quarter), Some(&arena.tokens.read));
            let load = load::count_out(&site.programs, arena.usher.address, 1, requests, &what)?;
            times.push(load.p50 / 1e3);
        }
        table.row([name.to_owned()].into_iter().chain(times.iter().map(|time| short(*time))));
        findings.figure(format!("page by {name}, ms"), times);
    }
    findings.tables.push(table);
    walk(site, arena, extent, &mut findings)?;
    Ok(findings)
}

/// From the first page to the last, as a client does that knows `next` only. A tenth of that is over in a fraction of a second, in which
/// something else may want the machine: it is done in each round, and the cheapest round of each tenth is compared.
fn walk(site: &Site, arena: &Arena, extent: Extent, findings: &mut Findings) -> Result<(), Failure> {
    // In steps that are large enough to end soon, for the quick run.
    let of = if extent.quick { 250 } else { 25 };
    let mut tenths =
        ["first_tenth_us", "middle_tenth_us", "last_tenth_us"].map(|name| (name, Series::default()));
    let mut pages = 0;
    for _ in 0..extent.rounds {
        let walked = arena.walk(site, &format!("{INVITATIONS}?limit={of}"), None)?;
        pages = walked.get("pages").and_then(Value::as_u64).unwrap_or_default();
        for (name, times) in &mut tenths {
            times.0.push(walked.get(*name).and_then(Value::as_f64).unwrap_or(f64::NAN) / 1e3);
        }
    }
    let mut table = Table::new(
        format!("Following next from the first page to the last, {of} in a page"),
        &["pages", "first tenth, ms", "middle tenth, ms", "last tenth, ms"],
    )
    .note("Medians, of the rounds least and most too; the target compares the least. Every invitation came once, in order.");
    table.row([pages.to_string()].into_iter().chain(tenths.iter().map(|(_, times)| spread(times))));
    findings.tables.push(table);
    let least = Series(tenths.iter().map(|(_, times)| times.least()).collect());
    let what = "following next: dearest tenth of the pages";
    findings.targets.push(Target::new(what, least.most() / least.least(), Bound::AtMost(SAME), "x cheapest"));
    let tenths = tenths.map(|(_, times)| times.0);
    findings.figure("walk", json!({ "page_size": of, "pages": pages, "tenths_ms": tenths }));
    Ok(())
}
