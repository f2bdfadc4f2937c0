use std::{
    process::Command,
    time::{Duration, Instant},
};

use usher_tooling::{Failure, report_progress, step};

/// How long each part of a run took.
#[derive(Default)]
pub(super) struct Timings {
    parts: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Runs one part, and prints its name before it and its time after it.
    pub(super) fn part<T>(
        &mut self,
        name: &'static str,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        report_progress(name);
        let outcome = self.measure(name, run)?;
        let seconds = self.parts.last().map_or(0, |(_, time)| time.as_secs());
        report_progress(&format!("{name}: done in {seconds} s"));
        Ok(outcome)
    }

    /// Runs a part that is a single command. [`step`] prints the name and the time.
    pub(super) fn step(&mut self, name: &'static str, command: &mut Command) -> Result<(), Failure> {
        self.measure(name, || step(name, command))
    }

    fn measure<T>(
        &mut self,
        name: &'static str,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        let outcome = run();
        self.parts.push((name, started.elapsed()));
        outcome
    }

    /// All parts and their sum, in one line.
    pub(super) fn summary(&self) -> String {
        let part = |(name, time): &(&str, Duration)| format!("{name} {:.1} s", time.as_secs_f64());
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        let sum: Duration = self.parts.iter().map(|(_, time)| *time).sum();
        format!("times: {}; total {:.1} s", parts.join(", "), sum.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_lists_every_part_and_the_sum() {
        let second = Duration::from_secs(1);
        let timings = Timings { parts: vec![("build", second), ("tests", 2 * second)] };
        assert_eq!(timings.summary(), "times: build 1.0 s, tests 2.0 s; total 3.0 s");
    }
}
