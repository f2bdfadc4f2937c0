use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    arguments::{DatabaseKind, Scenario},
    checker::Verdict,
};

/// The result of a scenario on one database.
pub(crate) struct ScenarioResult {
    pub(crate) scenario: Scenario,
    pub(crate) kind: DatabaseKind,
    /// The number of kills; the number of rounds in a scenario without kills.
    pub(crate) kills: u32,
    pub(crate) verdict: Verdict,
    /// The time from the last kill to the last relayed mail.
    pub(crate) drained_in: Option<Duration>,
    /// Further figures for the report.
    pub(crate) details: Value,
}

impl ScenarioResult {
    pub(crate) fn new(scenario: Scenario, kind: DatabaseKind, kills: u32) -> Self {
        Self { scenario, kind, kills, verdict: Verdict::default(), drained_in: None, details: json!({}) }
    }

    pub(crate) fn passed(&self) -> bool {
        self.verdict.violations.is_empty()
    }

    /// Lost invitations and lost mails.
    pub(crate) fn lost(&self) -> u64 {
        self.verdict.lost_invitations + self.verdict.lost_mails
    }

    pub(crate) fn add_violation(&mut self, text: impl Into<String>) {
        self.verdict.violations.push(text.into());
    }

    /// Adds the figures and the violations of a part, which `place` names.
    pub(crate) fn merge(&mut self, place: &str, part: Self) {
        let (sum, part_sum) = (&mut self.verdict, part.verdict);
        sum.acknowledged += part_sum.acknowledged;
        sum.unknown += part_sum.unknown;
        sum.lost_invitations += part_sum.lost_invitations;
        sum.lost_mails += part_sum.lost_mails;
        sum.duplicates += part_sum.duplicates;
        sum.violations.extend(part_sum.violations.into_iter().map(|text| format!("{place}: {text}")));
        self.drained_in = self.drained_in.max(part.drained_in);
        if let Some(details) = self.details.as_object_mut() {
            details.insert(place.to_owned(), part.details);
        }
    }

    /// The cells of the result's row in the table.
    pub(crate) fn cells(&self) -> [String; 8] {
        let kills = self.kills;
        let seconds = |drained_in: Duration| format!("{:.0} s", drained_in.as_secs_f64());
        [
            self.scenario.name().to_owned(),
            self.kind.to_string(),
            if self.scenario.kills() { kills.to_string() } else { format!("{kills} rounds") },
            self.verdict.acknowledged.to_string(),
            self.verdict.unknown.to_string(),
            self.lost().to_string(),
            self.verdict.duplicates.to_string(),
            self.drained_in.map_or_else(|| "-".to_owned(), seconds),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let verdict = &self.verdict;
        json!({
            "scenario": self.scenario.name(),
            "database": self.kind.to_string(),
            "kills": self.kills,
            "acknowledged": verdict.acknowledged,
            "unknown": verdict.unknown,
            "lost_invitations": verdict.lost_invitations,
            "lost_mails": verdict.lost_mails,
            "duplicates": verdict.duplicates,
            "drained_in_seconds": self.drained_in.map(|drained_in| drained_in.as_secs_f64()),
            "violations": verdict.violations,
            "details": self.details,
        })
    }
}
