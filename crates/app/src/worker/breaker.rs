use std::collections::VecDeque;

use chrono::TimeDelta;
use usher_domain::Timestamp;

use super::deliver::RelayState;

/// Keeps mails from being tried one by one while the relay cannot be reached, or refuses this server. Then nothing is
/// claimed for a while; afterwards a single mail tests the relay before the others are claimed.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    open: Option<Open>,
    /// Whether each of the last [`WINDOW`] mails that the relay accepted or rejected was rejected.
    rejected: VecDeque<bool>,
}

/// Why and until when the breaker is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    cause: Cause,
    until: Timestamp,
    failures: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The relay cannot be reached. Every answer shows that it can be reached again.
    Unreachable,
    /// The relay rejects nearly every mail, and not because of the recipients. Only an accepted mail ends that.
    Refuses,
}

/// Longest pause between two tests of the relay.
const LONGEST: TimeDelta = TimeDelta::seconds(30);

/// How many mails the share of rejections is taken from.
const WINDOW: usize = 10;

/// The rejections among the last [`WINDOW`] mails that count as nearly all. A tenth of bad addresses never reaches it.
const NEARLY_ALL: usize = 8;

impl Breaker {
    /// How many mails may be claimed when there is room for `places`, while `running` others are being sent.
    pub(super) fn allowed(&self, places: usize, running: usize, now: Timestamp) -> u32 {
        match self.open {
            Some(open) if now < open.until => 0,
            Some(_) => u32::from(places > 0 && running == 0),
            None => u32::try_from(places).unwrap_or(u32::MAX),
        }
    }

    /// Whether the relay rejects nearly every mail.
    fn refuses_most(&self) -> bool {
        self.rejected.iter().filter(|rejected| **rejected).count() >= NEARLY_ALL
    }

    /// Takes the result of a delivery.
    pub(super) fn note(&mut self, relay: RelayState, now: Timestamp) {
        match relay {
            RelayState::Accepted => self.note_accepted(),
            RelayState::Refused => {
                self.note_rejected();
                if self.refuses_most() { self.open(Cause::Refuses, now) } else { self.note_answer() }
            }
            // Does not open the breaker: a list of invalid addresses must not hold up the mails behind it.
            RelayState::RecipientRefused => {
                self.note_rejected();
                self.note_answer();
            }
            RelayState::Answered => self.note_answer(),
            RelayState::Unreachable => self.open(Cause::Unreachable, now),
            RelayState::Unknown => {}
        }
    }

    fn note_accepted(&mut self) {
        if self.refuses_most() {
            self.rejected.clear();
            tracing::info!("the mail relay accepts mails again");
        }
        self.record(false);
        self.note_answer();
        self.open = None;
    }

    fn note_rejected(&mut self) {
        let before = self.refuses_most();
        self.record(true);
        if self.refuses_most() && !before {
            tracing::error!(rejected = NEARLY_ALL, of = WINDOW, "the mail relay rejects nearly every mail");
        }
    }

    fn record(&mut self, rejected: bool) {
        self.rejected.push_back(rejected);
        if self.rejected.len() > WINDOW {
            self.rejected.pop_front();
        }
    }

    /// The relay answered, so it can be reached.
    fn note_answer(&mut self) {
        if self.open.is_some_and(|open| open.cause == Cause::Unreachable) {
            self.open = None;
            tracing::info!("the mail relay is reachable again");
        }
    }

    /// Opens the breaker, or keeps it open. Of several deliveries that fail in the same pause only the first counts.
    fn open(&mut self, cause: Cause, now: Timestamp) {
        if self.open.is_some_and(|open| now < open.until) {
            return;
        }
        // A relay that refused mails and then cannot be reached still has to accept a mail.
        let cause = if self.refuses_most() { Cause::Refuses } else { cause };
        let failures = self.open.map_or(0, |open| open.failures);
        let pause = TimeDelta::seconds(1 << failures.min(5)).min(LONGEST);
        self.open = Some(Open { cause, until: now + pause, failures: failures.saturating_add(1) });
    }
}

#[cfg(test)]
mod tests;
