//! What a run found: tables for people, figures for programs, and each target beside what was measured.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::stats::Series;

/// The outcome of one part.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) tables: Vec<Table>,
    pub(super) targets: Vec<Target>,
    pub(super) figures: Map<String, Value>,
}

impl Findings {
    pub(super) fn figure(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.figures.insert(name.into(), value.into());
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.targets.extend(other.targets);
        self.figures.extend(other.figures);
    }
}

/// Rows under a title.
pub(super) struct Table {
    title: String,
    notes: Vec<String>,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { title: title.into(), notes: Vec::new(), columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn markdown(&self, out: &mut String) {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let cells = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let _ = write!(out, "## {}\n\n", self.title);
        for note in &self.notes {
            let _ = write!(out, "{note}\n\n");
        }
        out.push_str(&line(&mut self.columns.iter().copied()));
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        out.push_str(&line(&mut rules.iter().map(String::as_str)));
        for row in &self.rows {
            out.push_str(&line(&mut row.iter().map(String::as_str)));
        }
        out.push('\n');
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let title = self.columns.get(column).map_or(0, |title| title.chars().count());
        cells.max().unwrap_or(0).max(title).max(3)
    }
}

/// A promise, and what was measured.
pub(super) struct Target {
    pub(super) what: String,
    pub(super) measured: f64,
    pub(super) bound: Bound,
    pub(super) unit: &'static str,
}

/// On which side of the number a measurement has to be.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    pub(super) fn new(what: impl Into<String>, measured: f64, bound: Bound, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound, unit }
    }

    fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.measured >= bound,
            Bound::AtMost(bound) => self.measured <= bound,
        }
    }

    fn verdict(&self) -> &'static str {
        if self.is_met() { "met" } else { "missed" }
    }

    fn bound_text(&self) -> String {
        match self.bound {
            Bound::AtLeast(bound) => format!("≥ {} {}", short(bound), self.unit),
            Bound::AtMost(bound) => format!("≤ {} {}", short(bound), self.unit),
        }
    }
}

/// The table of all targets.
fn verdicts(targets: &[Target]) -> Table {
    let mut table = Table::new("Targets", &["what", "measured", "target", "verdict"]);
    for target in targets {
        let measured = format!("{} {}", short(target.measured), target.unit);
        table.row([target.what.clone(), measured, target.bound_text(), target.verdict().to_owned()]);
    }
    table
}

/// Everything as Markdown, which is also fit to be read in a terminal.
pub(super) fn markdown(head: &str, findings: &Findings) -> String {
    let mut out = format!("# Benchmarks of Usher\n\n{head}\n\n");
    verdicts(&findings.targets).markdown(&mut out);
    findings.tables.iter().for_each(|table| table.markdown(&mut out));
    out
}

/// Everything for programs.
pub(super) fn json(machine: &Value, findings: &Findings) -> Value {
    let targets = findings.targets.iter().map(|target| {
        let (at_least, at_most) = match target.bound {
            Bound::AtLeast(bound) => (Some(bound), None),
            Bound::AtMost(bound) => (None, Some(bound)),
        };
        json!({
            "what": target.what, "measured": target.measured, "unit": target.unit,
            "at_least": at_least, "at_most": at_most, "met": target.is_met(),
        })
    });
    json!({ "machine": machine, "targets": targets.collect::<Vec<_>>(), "figures": findings.figures })
}

/// A number with as many digits as mean something.
pub(super) fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// Median, and from least to most where there were several rounds.
pub(super) fn spread(series: &Series) -> String {
    if series.0.len() < 2 {
        return short(series.median());
    }
    format!("{} ({}–{})", short(series.median()), short(series.least()), short(series.most()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_at_its_bound() {
        let verdict = |measured, bound| Target::new("", measured, bound, "x").verdict();
        assert_eq!(verdict(1.0, Bound::AtLeast(1.0)), "met");
        assert_eq!(verdict(0.99, Bound::AtLeast(1.0)), "missed");
        assert_eq!(verdict(1.01, Bound::AtMost(1.0)), "missed");
        assert_eq!(verdict(f64::NAN, Bound::AtMost(1.0)), "missed");
    }

    #[test]
    fn a_table_is_aligned() {
        let mut table = Table::new("Title", &["a", "b"]);
        table.row(["long cell".to_owned(), "≥ 1".to_owned()]);
        let mut out = String::new();
        table.markdown(&mut out);
        assert_eq!(out, "## Title\n\n| a         | b   |\n| --------- | --- |\n| long cell | ≥ 1 |\n\n");
    }
}
