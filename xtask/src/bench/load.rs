//! The two load clients: ours for Usher, pgbench for the floors.

use std::{net::SocketAddr, path::Path};

use serde_json::Value;

use super::programs::{Programs, output_of};
use crate::shell::{Failure, program, workspace};

/// How long and how hard.
#[derive(Clone, Copy)]
pub(super) struct Pressure {
    pub(super) connections: u32,
    pub(super) seconds: u32,
}

/// What a client saw.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// Requests or transactions, those of the warm-up included.
    pub(super) total: u32,
    /// In a second.
    pub(super) rate: f64,
    /// Latencies in microseconds; pgbench tells their mean only, and it stands in for both.
    pub(super) p50: f64,
    pub(super) p99: f64,
    /// Processor time of our client for a request, in microseconds.
    pub(super) client_cpu: f64,
    /// The beginning of the first answer.
    pub(super) sample: String,
}

/// Sends requests to Usher for the time; `what` are the arguments that say which.
pub(super) fn drive(
    programs: &Programs,
    address: SocketAddr,
    pressure: Pressure,
    what: &[String],
) -> Result<Load, Failure> {
    let mut client = program(&programs.loadgen);
    client.args(["drive", "--warmup", "0.3", "--address", &address.to_string()]);
    client.args(["--connections", &pressure.connections.to_string()]);
    client.args(["--seconds", &pressure.seconds.to_string()]);
    load(&output_of(client.args(what))?)
}

/// Sends so many requests to Usher.
pub(super) fn count_out(
    programs: &Programs,
    address: SocketAddr,
    connections: u32,
    requests: u32,
    what: &[String],
) -> Result<Load, Failure> {
    let mut client = program(&programs.loadgen);
    client.args(["drive", "--address", &address.to_string(), "--requests", &requests.to_string()]);
    load(&output_of(client.args(["--connections", &connections.to_string()]).args(what))?)
}

/// Reads the report of our client.
pub(super) fn report(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| format!("the load client's report: {error}: {text}").into())
}

fn load(text: &str) -> Result<Load, Failure> {
    let report = report(text)?;
    let number = |name: &str| report.get(name).and_then(Value::as_f64).ok_or_else(|| format!("no {name}"));
    let total = report.get("total").and_then(Value::as_u64).and_then(|total| u32::try_from(total).ok());
    Ok(Load {
        total: total.ok_or_else(|| "no total".to_owned())?,
        rate: number("rate")?,
        p50: number("p50_us")?,
        p99: number("p99_us")?,
        client_cpu: number("client_cpu_us")?,
        sample: report.get("sample").and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}

/// Runs a floor's script against a database.
pub(super) fn pgbench(
    programs: &Programs,
    url: &str,
    script: &str,
    rows: u32,
    pressure: Pressure,
) -> Result<Load, Failure> {
    let file = workspace().join("xtask/src/bench/floors").join(script);
    let said = output_of(&mut command(programs, url, &file, rows, pressure))?;
    transactions(&said).ok_or_else(|| format!("pgbench says something else than expected:\n{said}").into())
}

fn command(
    programs: &Programs,
    url: &str,
    file: &Path,
    rows: u32,
    pressure: Pressure,
) -> std::process::Command {
    let mut pgbench = program(&programs.pgbench);
    // Planned once, as Usher's statements. Otherwise PostgreSQL begins to plan the page anew each time once the table has grown, and
    // the floor is half as fast from then on.
    pgbench.env("PGOPTIONS", "-c plan_cache_mode=force_generic_plan");
    pgbench.args(["--no-vacuum", "--protocol=prepared", "--file"]).arg(file);
    pgbench.args(["--client", &pressure.connections.to_string()]);
    pgbench.args(["--jobs", &pressure.connections.min(2).to_string()]);
    pgbench.args(["--time", &pressure.seconds.to_string()]);
    pgbench.args(["--define", &format!("rows={rows}"), url]);
    pgbench
}

/// Reads pgbench's report; none when transactions failed.
fn transactions(said: &str) -> Option<Load> {
    let number = |start: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(start))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let total =
        said.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
    // Before version 15 there is no such line: there, a failure ends the run.
    if number("number of failed transactions: ").is_some_and(|failed| failed > 0.0) {
        return None;
    }
    let latency = number("latency average = ")? * 1000.0;
    Some(Load {
        total: total?.trim().parse().ok()?,
        rate: number("tps = ")?,
        p50: latency,
        p99: latency,
        client_cpu: 0.0,
        sample: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::transactions;

    const SAID: &str = "transaction type: x.sql\nnumber of transactions actually processed: 1234\nnumber of failed \
                        transactions: 0 (0.000%)\nlatency average = 1.500 ms\ntps = 617.25 (without initial \
                        connection time)\n";

    #[test]
    fn pgbench_is_understood() {
        let load = transactions(SAID).unwrap();
        assert_eq!((load.total, load.rate, load.p50), (1234, 617.25, 1500.0));
    }

    #[test]
    fn failed_transactions_are_no_measurement() {
        assert!(transactions(&SAID.replace(": 0 (", ": 7 (")).is_none());
    }
}
