//! The reports of a run: a table, JSON, and a summary in one line.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::result::ScenarioResult;

const COLUMNS: [&str; 8] =
    ["scenario", "database", "kills", "acknowledged", "unknown", "lost", "duplicates", "drained in"];

/// One line for each scenario and database, followed by the violations.
pub(crate) fn table(results: &[ScenarioResult]) -> String {
    let mut text = row(COLUMNS.map(str::to_owned));
    text += &row(COLUMNS.map(|_| "---".to_owned()));
    text.extend(results.iter().map(|result| row(result.cells())));
    for result in results {
        for violation in &result.verdict.violations {
            let _ = writeln!(text, "violated: {} on {}: {violation}", result.scenario.name(), result.kind);
        }
    }
    text
}

fn row(cells: [String; 8]) -> String {
    format!("| {} |\n", cells.map(|cell| format!("{cell:<12}")).join(" | "))
}

pub(crate) fn json(seed: u64, seconds: f64, results: &[ScenarioResult]) -> Value {
    let results: Vec<Value> = results.iter().map(ScenarioResult::json).collect();
    json!({ "seed": seed, "seconds": seconds, "scenarios": results })
}

/// The sums of the whole run in one line.
pub(crate) fn summary(results: &[ScenarioResult]) -> String {
    let sum = |figure: fn(&ScenarioResult) -> u64| results.iter().map(figure).sum::<u64>();
    let kills = sum(|result| if result.scenario.kills() { u64::from(result.kills) } else { 0 });
    let acknowledged = sum(|result| result.verdict.acknowledged);
    let (lost, duplicates) = (sum(ScenarioResult::lost), sum(|result| result.verdict.duplicates));
    format!("crash test: {kills} kills, {acknowledged} acknowledged, {lost} lost, {duplicates} duplicates")
}
