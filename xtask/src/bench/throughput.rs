//! Each operation against the same work done by pgbench, in turns.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    arena::Arena,
    arguments::Extent,
    floors::Floors,
    load::Pressure,
    operation::{EMPTY, Operation, same},
    report::{Bound, Findings, Table, Target, short, spread},
    site::{Sample, Site},
    stats::Series,
};
use crate::shell::{Failure, say};

/// Connections of the closed loop.
const CONCURRENCY: [u32; 2] = [16, 64];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Usher(Operation),
    Floor(Operation),
    /// The floor of a creation that needs one round trip only.
    AtOnce,
    Empty,
}

#[derive(Default)]
struct Samples(BTreeMap<(u32, Cell), Vec<Sample>>);

pub(super) fn run(site: &Site, arena: &mut Arena, extent: Extent) -> Result<Findings, Failure> {
    let mut floors = Floors::new(site, extent.pending)?;
    let mut samples = Samples::default();
    for round in 1..=extent.rounds {
        for connections in CONCURRENCY {
            let pressure = Pressure { connections, seconds: extent.seconds };
            say(&format!("throughput: round {round} of {}, {connections} connections", extent.rounds));
            for operation in Operation::ALL {
                let floor = floors.measure(site, operation, operation.floor(), pressure)?;
                samples.add(connections, Cell::Floor(operation), floor);
                if operation == Operation::Create {
                    let floor = floors.measure(site, operation, "create_at_once.sql", pressure)?;
                    samples.add(connections, Cell::AtOnce, floor);
                }
                samples.add(connections, Cell::Usher(operation), arena.measure(site, operation, pressure)?);
            }
            samples.add(connections, Cell::Empty, arena.drive(site, pressure, &same(EMPTY, None))?);
        }
    }
    let mut findings = Findings::default();
    for connections in CONCURRENCY {
        samples.table(connections, &mut findings);
    }
    Ok(findings)
}

impl Samples {
    fn add(&mut self, connections: u32, cell: Cell, sample: Sample) {
        self.0.entry((connections, cell)).or_default().push(sample);
    }

    fn series(&self, connections: u32, cell: Cell, value: impl Fn(&Sample) -> f64) -> Series {
        self.0.get(&(connections, cell)).into_iter().flatten().map(value).collect()
    }

    fn table(&self, connections: u32, findings: &mut Findings) {
        let mut table = Table::new(
            format!("Throughput at {connections} connections"),
            &[
                "operation",
                "Usher, 1/s",
                "floor, 1/s",
                "ratio",
                "p50, ms",
                "p99, ms",
                "CPU of Usher, µs",
                "of its database",
                "of the floor's",
                "ratio of CPU",
                "of the client",
            ],
        )
        .note(
            "CPU is processor time for one request, user and system. The floor is pgbench, prepared, on the same tables; its \
             latency is in the JSON. Ratios are of pairs that were measured one after the other.",
        );
        for operation in Operation::ALL {
            self.operation(connections, operation, &mut table, findings);
        }
        let empty = |value: fn(&Sample) -> f64| self.series(connections, Cell::Empty, value);
        let dash = || "–".to_owned();
        table.row([
            "empty route".to_owned(),
            spread(&empty(|sample| sample.load.rate)),
            dash(),
            dash(),
            short(empty(|sample| sample.load.p50 / 1e3).median()),
            short(empty(|sample| sample.load.p99 / 1e3).median()),
            short(empty(|sample| sample.server_cpu).median()),
            dash(),
            dash(),
            dash(),
            short(empty(|sample| sample.load.client_cpu).median()),
        ]);
        let at_once = self.series(connections, Cell::AtOnce, |sample| sample.load.rate);
        let cpu = self.series(connections, Cell::AtOnce, |sample| sample.database_cpu);
        let ratio = self.rate(connections, Cell::Usher(Operation::Create)).over(&at_once);
        findings.figure(
            format!("create, one statement, c={connections}"),
            json!({ "floor_rate": at_once.0, "floor_database_cpu_us": cpu.0, "ratio": ratio.0 }),
        );
        table = table.note(format!(
            "A creation in one statement instead of a transaction of two: {} 1/s with {} µs, of which Usher reaches {}.",
            spread(&at_once),
            short(cpu.median()),
            spread(&ratio)
        ));
        findings.tables.push(table);
    }

    fn rate(&self, connections: u32, cell: Cell) -> Series {
        self.series(connections, cell, |sample| sample.load.rate)
    }

    fn operation(&self, connections: u32, operation: Operation, table: &mut Table, findings: &mut Findings) {
        let usher = |value: fn(&Sample) -> f64| self.series(connections, Cell::Usher(operation), value);
        let floor = |value: fn(&Sample) -> f64| self.series(connections, Cell::Floor(operation), value);
        let rates = (usher(|sample| sample.load.rate), floor(|sample| sample.load.rate));
        let ratio = rates.0.over(&rates.1);
        let (server, database) = (usher(|sample| sample.server_cpu), usher(|sample| sample.database_cpu));
        let floor_cpu = floor(|sample| sample.database_cpu);
        let cpu_ratio = usher(|sample| sample.server_cpu + sample.database_cpu).over(&floor_cpu);
        let (p50, p99) = (usher(|sample| sample.load.p50 / 1e3), usher(|sample| sample.load.p99 / 1e3));
        let client = usher(|sample| sample.load.client_cpu);
        table.row([
            operation.name().to_owned(),
            spread(&rates.0),
            spread(&rates.1),
            spread(&ratio),
            short(p50.median()),
            short(p99.median()),
            short(server.median()),
            short(database.median()),
            short(floor_cpu.median()),
            spread(&cpu_ratio),
            short(client.median()),
        ]);
        let name = format!("{}, c={connections}", operation.name());
        let (least, most) = operation.targets();
        let rate = Target::new(format!("{name}: rate"), ratio.median(), Bound::AtLeast(least), "x floor");
        let cpu = Target::new(format!("{name}: CPU"), cpu_ratio.median(), Bound::AtMost(most), "x floor");
        findings.targets.extend([rate, cpu]);
        if (operation, connections) == (Operation::Create, 64) {
            let tail = p99.over(&p50).median();
            let target = Target::new(format!("{name}: p99"), tail, Bound::AtMost(10.0), "x p50");
            findings.targets.push(target);
        }
        findings.figure(
            name,
            json!({
                "rate": rates.0.0, "floor_rate": rates.1.0, "ratio": ratio.0, "server_cpu_us": server.0,
                "database_cpu_us": database.0, "floor_database_cpu_us": floor_cpu.0, "cpu_ratio": cpu_ratio.0,
                "p50_ms": p50.0, "p99_ms": p99.0, "client_cpu_us": client.0,
                "floor_latency_ms": floor(|sample| sample.load.p50 / 1e3).0,
            }),
        );
    }
}
