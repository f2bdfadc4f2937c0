//! Each operation compared with the same work done by pgbench, in turns.

use std::collections::BTreeMap;

use serde_json::json;
use usher_tooling::{Failure, report_progress};

use crate::{
    arguments::RunSize,
    baseline::Baseline,
    environment::{BenchEnvironment, Measurement},
    load::LoadProfile,
    operation::{EMPTY_ROUTE, Operation, fixed_path},
    report::{Bound, Report, Target},
    stats::Series,
    system::SystemUnderTest,
    table::{Table, no_figure, rounded, spread},
};

/// Numbers of connections. Each connection has one request under way.
const CONNECTIONS: [u32; 2] = [16, 64];

const COLUMNS: [&str; 11] = [
    "operation",
    "Usher, 1/s",
    "baseline, 1/s",
    "ratio",
    "p50, ms",
    "p99, ms",
    "CPU of Usher, µs",
    "of its database",
    "of the baseline's",
    "ratio of CPU",
    "of the client",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Workload {
    Usher(Operation),
    Baseline(Operation),
    /// A creation in a single statement, which needs only one round trip.
    CreateInOneStatement,
    EmptyRoute,
}

#[derive(Default)]
struct Measurements(BTreeMap<(u32, Workload), Vec<Measurement>>);

pub(crate) fn run(
    environment: &BenchEnvironment,
    system: &mut SystemUnderTest,
    size: RunSize,
) -> Result<Report, Failure> {
    let mut baseline = Baseline::new(environment, size.pending)?;
    let mut measurements = Measurements::default();
    for round in 1..=size.rounds {
        for connections in CONNECTIONS {
            let profile = LoadProfile { connections, seconds: size.seconds };
            report_progress(&format!(
                "throughput: round {round} of {}, {connections} connections",
                size.rounds
            ));
            for operation in Operation::ALL {
                let measured = baseline.measure(environment, operation, operation.script(), profile)?;
                measurements.add(connections, Workload::Baseline(operation), measured);
                if operation == Operation::Create {
                    let script = "create_in_one_statement.sql";
                    let measured = baseline.measure(environment, operation, script, profile)?;
                    measurements.add(connections, Workload::CreateInOneStatement, measured);
                }
                let measured = system.measure(environment, operation, profile)?;
                measurements.add(connections, Workload::Usher(operation), measured);
            }
            let empty = fixed_path(EMPTY_ROUTE, None);
            let measured = system.measure_requests(environment, profile, &empty)?;
            measurements.add(connections, Workload::EmptyRoute, measured);
        }
    }
    let mut report = Report::default();
    for connections in CONNECTIONS {
        measurements.report(connections, &mut report);
    }
    Ok(report)
}

impl Measurements {
    fn add(&mut self, connections: u32, workload: Workload, measurement: Measurement) {
        self.0.entry((connections, workload)).or_default().push(measurement);
    }

    fn series(&self, connections: u32, workload: Workload, value: impl Fn(&Measurement) -> f64) -> Series {
        self.0.get(&(connections, workload)).into_iter().flatten().map(value).collect()
    }

    fn rate(&self, connections: u32, workload: Workload) -> Series {
        self.series(connections, workload, |measured| measured.load.rate)
    }

    fn report(&self, connections: u32, report: &mut Report) {
        let mut table = Table::new(format!("Throughput at {connections} connections"), &COLUMNS).note(
            "CPU is processor time for one request, user and system. The baseline is pgbench with prepared statements on the \
             same tables; its latency is in the JSON. Usher and its baseline are measured one after the other, and the \
             ratios compare these pairs.",
        );
        for operation in Operation::ALL {
            self.report_operation(connections, operation, &mut table, report);
        }
        table.row(self.empty_route(connections));
        let table = table.note(self.create_in_one_statement(connections, report));
        report.tables.push(table);
    }

    fn report_operation(
        &self,
        connections: u32,
        operation: Operation,
        table: &mut Table,
        report: &mut Report,
    ) {
        let usher =
            |value: fn(&Measurement) -> f64| self.series(connections, Workload::Usher(operation), value);
        let baseline =
            |value: fn(&Measurement) -> f64| self.series(connections, Workload::Baseline(operation), value);
        let (rate, baseline_rate) =
            (usher(|measured| measured.load.rate), baseline(|measured| measured.load.rate));
        let ratio = rate.ratio_to(&baseline_rate);
        let (server, database) =
            (usher(|measured| measured.server_cpu), usher(|measured| measured.database_cpu));
        let baseline_cpu = baseline(|measured| measured.database_cpu);
        let cpu_ratio = usher(|measured| measured.server_cpu + measured.database_cpu).ratio_to(&baseline_cpu);
        let (p50, p99) =
            (usher(|measured| measured.load.p50 / 1e3), usher(|measured| measured.load.p99 / 1e3));
        let client = usher(|measured| measured.load.client_cpu);
        table.row([
            operation.name().to_owned(),
            spread(&rate),
            spread(&baseline_rate),
            spread(&ratio),
            rounded(p50.median()),
            rounded(p99.median()),
            rounded(server.median()),
            rounded(database.median()),
            rounded(baseline_cpu.median()),
            spread(&cpu_ratio),
            rounded(client.median()),
        ]);
        let name = format!("{}, c={connections}", operation.name());
        let (least, most) = operation.targets();
        report.targets.extend([
            Target::new(format!("{name}: rate"), ratio.median(), Bound::AtLeast(least), "x baseline"),
            Target::new(format!("{name}: CPU"), cpu_ratio.median(), Bound::AtMost(most), "x baseline"),
        ]);
        if (operation, connections) == (Operation::Create, 64) {
            let tail = p99.ratio_to(&p50).median();
            report.targets.push(Target::new(format!("{name}: p99"), tail, Bound::AtMost(10.0), "x p50"));
        }
        report.figure(
            name,
            json!({
                "rate": rate.0, "baseline_rate": baseline_rate.0, "ratio": ratio.0, "server_cpu_us": server.0,
                "database_cpu_us": database.0, "baseline_database_cpu_us": baseline_cpu.0, "cpu_ratio": cpu_ratio.0,
                "p50_ms": p50.0, "p99_ms": p99.0, "client_cpu_us": client.0,
                "baseline_latency_ms": baseline(|measured| measured.load.p50 / 1e3).0,
            }),
        );
    }

    /// The table's row of the empty route.
    fn empty_route(&self, connections: u32) -> [String; COLUMNS.len()] {
        let empty = |value: fn(&Measurement) -> f64| self.series(connections, Workload::EmptyRoute, value);
        let median = |value: fn(&Measurement) -> f64| rounded(empty(value).median());
        [
            "empty route".to_owned(),
            spread(&empty(|measured| measured.load.rate)),
            no_figure(),
            no_figure(),
            median(|measured| measured.load.p50 / 1e3),
            median(|measured| measured.load.p99 / 1e3),
            median(|measured| measured.server_cpu),
            no_figure(),
            no_figure(),
            no_figure(),
            median(|measured| measured.load.client_cpu),
        ]
    }

    /// The table's note on creations in one statement, whose figures go into the report.
    fn create_in_one_statement(&self, connections: u32, report: &mut Report) -> String {
        let baseline_rate = self.rate(connections, Workload::CreateInOneStatement);
        let cpu = self.series(connections, Workload::CreateInOneStatement, |measured| measured.database_cpu);
        let ratio = self.rate(connections, Workload::Usher(Operation::Create)).ratio_to(&baseline_rate);
        let note = format!(
            "A creation in one statement instead of a transaction of two statements: {} 1/s with {} µs. Usher reaches {} \
             of that rate.",
            spread(&baseline_rate),
            rounded(cpu.median()),
            spread(&ratio)
        );
        report.figure(
            format!("create in one statement, c={connections}"),
            json!({ "baseline_rate": baseline_rate.0, "baseline_database_cpu_us": cpu.0, "ratio": ratio.0 }),
        );
        note
    }
}
