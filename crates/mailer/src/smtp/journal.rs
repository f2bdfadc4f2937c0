use lettre::transport::smtp::response::Response;

use super::step::Step;

/// A step of a trial that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedStep {
    /// The name of the step, such as `STARTTLS` or `RCPT`.
    pub name: &'static str,
    /// What happened, such as the relay's words.
    pub detail: String,
}

/// The steps of a trial that succeeded so far. A delivery keeps none.
#[derive(Debug)]
pub(super) struct Journal(Option<Vec<PassedStep>>);

impl Journal {
    /// Keeps nothing.
    pub(super) fn silent() -> Self {
        Self(None)
    }

    /// Keeps every step.
    pub(super) fn keeping() -> Self {
        Self(Some(Vec::new()))
    }

    pub(super) fn passed(&mut self, step: Step, detail: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.0 {
            steps.push(PassedStep { name: step.label(), detail: detail() });
        }
    }

    /// Keeps the relay's words.
    pub(super) fn answered(&mut self, step: Step, response: &Response) {
        self.passed(step, || {
            let words: Vec<&str> = response.message().collect();
            format!("{} {}", response.code(), words.join(" ")).trim_end().to_owned()
        });
    }

    pub(super) fn into_steps(self) -> Vec<PassedStep> {
        self.0.unwrap_or_default()
    }
}
