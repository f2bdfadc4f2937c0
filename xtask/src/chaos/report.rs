//! The table of a run, its figures, and its one line.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::outcome::Finding;

const COLUMNS: [&str; 8] =
    ["scenario", "database", "kills", "acknowledged", "unknown", "lost", "duplicates", "drained in"];

/// What was found, one line a scenario and database, and below it what is broken.
pub(super) fn table(findings: &[Finding]) -> String {
    let mut text = line_of(COLUMNS.map(str::to_owned));
    text += &line_of(COLUMNS.map(|_| "---".to_owned()));
    text.extend(findings.iter().map(|finding| line_of(finding.cells())));
    for finding in findings {
        for fault in &finding.verdict.faults {
            let _ = writeln!(text, "broken: {} on {}: {fault}", finding.scenario.name(), finding.kind);
        }
    }
    text
}

fn line_of(cells: [String; 8]) -> String {
    format!("| {} |\n", cells.map(|cell| format!("{cell:<12}")).join(" | "))
}

pub(super) fn json(seed: u64, seconds: f64, findings: &[Finding]) -> Value {
    let findings: Vec<Value> = findings.iter().map(Finding::json).collect();
    json!({ "seed": seed, "seconds": seconds, "scenarios": findings })
}

/// The whole run in one line.
pub(super) fn line(findings: &[Finding]) -> String {
    let sum = |figure: fn(&Finding) -> u64| findings.iter().map(figure).sum::<u64>();
    let kills = sum(|finding| if finding.scenario.kills() { u64::from(finding.kills) } else { 0 });
    let acknowledged = sum(|finding| finding.verdict.acknowledged);
    let (lost, duplicates) = (sum(Finding::lost), sum(|finding| finding.verdict.duplicates));
    format!("crash test: {kills} kills, {acknowledged} acknowledged, {lost} lost, {duplicates} duplicates")
}
