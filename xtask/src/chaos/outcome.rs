use std::time::Duration;

use serde_json::{Value, json};

use super::{
    arguments::{Kind, Scenario},
    ledger::Verdict,
};

/// What a scenario found on one database.
pub(super) struct Finding {
    pub(super) scenario: Scenario,
    pub(super) kind: Kind,
    /// Kills, or rounds where nothing is killed.
    pub(super) kills: u32,
    pub(super) verdict: Verdict,
    /// From the last kill to the last mail.
    pub(super) drained: Option<Duration>,
    /// Further figures, for the report.
    pub(super) more: Value,
}

impl Finding {
    pub(super) fn new(scenario: Scenario, kind: Kind, kills: u32) -> Self {
        Self { scenario, kind, kills, verdict: Verdict::default(), drained: None, more: json!({}) }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.verdict.faults.is_empty()
    }

    pub(super) fn lost(&self) -> u64 {
        self.verdict.lost_invitations + self.verdict.lost_mails
    }

    pub(super) fn fault(&mut self, text: impl Into<String>) {
        self.verdict.faults.push(text.into());
    }

    pub(super) fn cells(&self) -> [String; 8] {
        [
            self.scenario.name().to_owned(),
            self.kind.to_string(),
            if self.scenario.kills() { self.kills.to_string() } else { format!("{} rounds", self.kills) },
            self.verdict.acknowledged.to_string(),
            self.verdict.unknown.to_string(),
            self.lost().to_string(),
            self.verdict.duplicates.to_string(),
            self.drained.map_or_else(|| "-".to_owned(), |drained| format!("{:.0} s", drained.as_secs_f64())),
        ]
    }

    pub(super) fn json(&self) -> Value {
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
            "drained_in_seconds": self.drained.map(|drained| drained.as_secs_f64()),
            "faults": verdict.faults,
            "more": self.more,
        })
    }
}
