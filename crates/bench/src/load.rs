//! Load on Usher, by our own load client.

use std::net::SocketAddr;

use serde_json::Value;
use usher_tooling::{Failure, output_of, program};

use crate::programs::BenchPrograms;

/// Connections and duration of a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoadProfile {
    pub(crate) connections: u32,
    pub(crate) seconds: u32,
}

/// What a load client measured.
#[derive(Debug, Clone)]
pub(crate) struct LoadResult {
    /// Requests or transactions, including the warm-up.
    pub(crate) total: u32,
    /// Requests or transactions per second.
    pub(crate) rate: f64,
    /// Latencies in microseconds. pgbench reports only the mean, which then stands for both.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// Processor time of the load client for each request, in microseconds; 0 for pgbench.
    pub(crate) client_cpu: f64,
    /// The start of the first response body; empty for pgbench.
    pub(crate) sample: String,
}

/// Sends requests to Usher for the profile's duration. `requests` are the load client's arguments for the requests.
pub(crate) fn drive(
    programs: &BenchPrograms,
    address: SocketAddr,
    profile: LoadProfile,
    requests: &[String],
) -> Result<LoadResult, Failure> {
    let mut client = program(&programs.loadgen);
    client.args(["drive", "--warmup", "0.3", "--address", &address.to_string()]);
    client.args(["--connections", &profile.connections.to_string()]);
    client.args(["--seconds", &profile.seconds.to_string()]);
    parse_result(&output_of(client.args(requests))?)
}

/// Sends a fixed number of requests to Usher.
pub(crate) fn drive_count(
    programs: &BenchPrograms,
    address: SocketAddr,
    connections: u32,
    count: u32,
    requests: &[String],
) -> Result<LoadResult, Failure> {
    let mut client = program(&programs.loadgen);
    client.args(["drive", "--address", &address.to_string(), "--requests", &count.to_string()]);
    parse_result(&output_of(client.args(["--connections", &connections.to_string()]).args(requests))?)
}

/// Parses the JSON object that the load client prints.
pub(crate) fn parse_report(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| format!("report of the load client: {error}: {text}").into())
}

fn parse_result(text: &str) -> Result<LoadResult, Failure> {
    let report = parse_report(text)?;
    let number = |name: &str| {
        let value = report.get(name).and_then(Value::as_f64);
        value.ok_or_else(|| format!("report of the load client: no {name}"))
    };
    let total = report.get("total").and_then(Value::as_u64).and_then(|total| u32::try_from(total).ok());
    Ok(LoadResult {
        total: total.ok_or("report of the load client: no total")?,
        rate: number("rate")?,
        p50: number("p50_us")?,
        p99: number("p99_us")?,
        client_cpu: number("client_cpu_us")?,
        sample: report.get("sample").and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}
