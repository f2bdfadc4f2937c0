//! The alert rules and the operations guide name the metrics that the program has.

use std::collections::BTreeSet;

use usher_app::telemetry::catalogue::{Kind, METRICS};

const RULES: &str = include_str!("../../../../deploy/alerts.yml");
const GUIDE: &str = include_str!("../../../../docs/OPERATIONS.md");

/// The names of metrics in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("usher_") && *word != "usher_api").collect()
}

/// The names of all series of all metrics.
fn series() -> BTreeSet<String> {
    let histogram = |name: &str| ["_bucket", "_sum", "_count"].map(|suffix| format!("{name}{suffix}"));
    let series = METRICS.iter().flat_map(|metric| match metric.kind {
        Kind::Histogram => histogram(metric.name).to_vec(),
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
    });
    series.collect()
}

/// The names of the alerts.
fn alerts() -> Vec<&'static str> {
    RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect()
}

#[test]
fn the_rules_use_metrics_that_exist() {
    let series = series();
    let unknown: Vec<&str> = names(RULES).into_iter().filter(|name| !series.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(alerts().len(), 10);
}

#[test]
fn the_guide_has_every_metric_with_kind_and_labels() {
    for metric in METRICS {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let row = format!("| `{}` | {kind} | {} |", metric.name, labels.join(", "));
        let row = row.replace("|  |", "| |");
        assert!(GUIDE.lines().any(|line| line.starts_with(&row)), "no {row}");
    }
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    let unknown: Vec<&str> = names(GUIDE).into_iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_guide_says_what_to_do_about_each_alert() {
    for alert in alerts() {
        let row = format!("| `{alert}` | ");
        let line = GUIDE.lines().find(|line| line.starts_with(&row));
        let parts =
            line.unwrap_or_else(|| panic!("no {row}")).split('|').filter(|part| part.trim().len() > 10);
        assert_eq!(parts.count(), 3, "{alert}: its name, its meaning and what to do");
    }
    let listed = GUIDE.lines().filter(|line| line.starts_with("| `Usher")).count();
    assert_eq!(listed, alerts().len(), "the guide names no other alert");
}
