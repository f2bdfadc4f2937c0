//! The report of a run: tables for people, figures for programs, and each target next to its measured value.

use serde_json::{Map, Value, json};

use crate::table::{Table, rounded};

/// The results of a part, or of the whole run.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) tables: Vec<Table>,
    pub(crate) targets: Vec<Target>,
    pub(crate) figures: Map<String, Value>,
}

/// A target, and the measured value.
pub(crate) struct Target {
    name: String,
    measured: f64,
    bound: Bound,
    unit: &'static str,
}

/// The bound of a measured value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Report {
    pub(crate) fn figure(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.figures.insert(name.into(), value.into());
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.targets.extend(other.targets);
        self.figures.extend(other.figures);
    }

    /// The whole report for people. `description` describes the machine.
    pub(crate) fn markdown(&self, description: &str) -> String {
        let mut out = format!("# Benchmarks of Usher\n\n{description}\n\n");
        self.verdicts().markdown(&mut out);
        self.tables.iter().for_each(|table| table.markdown(&mut out));
        out
    }

    /// The whole report for programs.
    pub(crate) fn json(&self, machine: &Value) -> Value {
        let targets: Vec<Value> = self.targets.iter().map(Target::json).collect();
        json!({ "machine": machine, "targets": targets, "figures": self.figures })
    }

    fn verdicts(&self) -> Table {
        let mut table = Table::new("Targets", &["what", "measured", "target", "verdict"]);
        for target in &self.targets {
            let measured = format!("{} {}", rounded(target.measured), target.unit);
            table.row([target.name.clone(), measured, target.bound_text(), target.verdict().to_owned()]);
        }
        table
    }
}

impl Target {
    pub(crate) fn new(name: impl Into<String>, measured: f64, bound: Bound, unit: &'static str) -> Self {
        Self { name: name.into(), measured, bound, unit }
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
            Bound::AtLeast(bound) => format!("≥ {} {}", rounded(bound), self.unit),
            Bound::AtMost(bound) => format!("≤ {} {}", rounded(bound), self.unit),
        }
    }

    fn json(&self) -> Value {
        let (at_least, at_most) = match self.bound {
            Bound::AtLeast(bound) => (Some(bound), None),
            Bound::AtMost(bound) => (None, Some(bound)),
        };
        json!({
            "what": self.name, "measured": self.measured, "unit": self.unit,
            "at_least": at_least, "at_most": at_most, "met": self.is_met(),
        })
    }
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
    }

    #[test]
    fn a_target_without_a_measured_value_is_missed() {
        assert_eq!(Target::new("", f64::NAN, Bound::AtMost(1.0), "x").verdict(), "missed");
    }
}
