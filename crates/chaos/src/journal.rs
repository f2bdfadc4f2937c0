//! The responses to a load, with their times.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::http::{self, HttpOutcome};

/// Records each response of a load while the database is away or full.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    /// When each 503 arrived, and how long the client waited for it.
    unavailable: Vec<(Instant, Duration)>,
    /// What no client may see.
    forbidden: Vec<String>,
}

impl Journal {
    pub(crate) fn record(&self, sent: Instant, response: &HttpOutcome) {
        let now = Instant::now();
        match response {
            HttpOutcome::Response { status: 200..300, .. } => {}
            HttpOutcome::Response { status: 503, head, .. }
                if http::header(head, "retry-after").is_some() =>
            {
                self.entries().unavailable.push((now, now - sent));
            }
            HttpOutcome::Response { status, body, .. } => {
                self.entries().forbidden.push(format!("status {status}: {}", body.trim()));
            }
            HttpOutcome::NotSent | HttpOutcome::NoResponse => {
                self.entries().forbidden.push(format!("{response:?}"));
            }
        }
    }

    /// The number of 503s.
    pub(crate) fn unavailable(&self) -> usize {
        self.entries().unavailable.len()
    }

    /// The longest wait for a 503.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.entries().unavailable.iter().map(|(_, wait)| *wait).max().unwrap_or_default()
    }

    /// The time from `since` to the last 503; zero when there was none.
    pub(crate) fn unavailable_after(&self, since: Instant) -> Duration {
        let last = self.entries().unavailable.iter().map(|(at, _)| *at).max();
        last.map_or(Duration::ZERO, |last| last.saturating_duration_since(since))
    }

    /// The number of responses that no client may see, with an example: everything except success and 503 with `Retry-After`.
    pub(crate) fn violation(&self) -> Option<String> {
        let entries = self.entries();
        let example = entries.forbidden.first()?;
        Some(format!("{} responses other than 2xx and 503, such as {example}", entries.forbidden.len()))
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, head: &str) -> HttpOutcome {
        HttpOutcome::Response { status, head: head.to_owned(), body: String::new() }
    }

    #[test]
    fn only_success_and_503_with_retry_after_are_permitted() {
        let (journal, sent) = (Journal::default(), Instant::now());
        journal.record(sent, &response(200, ""));
        assert_eq!(journal.unavailable_after(sent), Duration::ZERO);
        journal.record(sent, &response(503, "Retry-After: 1"));
        assert_eq!((journal.unavailable(), journal.violation()), (1, None));
        assert_eq!(journal.unavailable_after(sent), journal.longest_wait());
        for forbidden in [response(503, ""), response(500, "Retry-After: 1"), HttpOutcome::NoResponse] {
            let journal = Journal::default();
            journal.record(sent, &forbidden);
            assert!(journal.violation().is_some_and(|text| text.starts_with("1 ")), "{forbidden:?}");
        }
    }
}
