use std::collections::VecDeque;

use chrono::TimeDelta;
use usher_domain::Timestamp;

use super::deliver::RelayState;

/// Keeps mails from being tried one by one while the relay cannot be reached, or rejects nearly all of them. Then nothing
/// is claimed for a while; afterwards a single mail tests the relay before the others are claimed.
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
    /// The relay rejects nearly every mail (5yz). Only an accepted mail ends that.
    Refuses,
}

/// Longest pause between two tests of the relay.
const LONGEST: TimeDelta = TimeDelta::seconds(30);

/// How many mails the share of rejections is taken from.
const WINDOW: usize = 10;

/// The rejections among the last [`WINDOW`] mails that open the breaker. A tenth of bad addresses never reaches it.
const TOO_MANY: usize = 8;

impl Breaker {
    /// How many mails may be claimed when there is room for `places`, while `running` others are being sent.
    pub(super) fn allowed(&self, places: usize, running: usize, now: Timestamp) -> u32 {
        match self.open {
            Some(open) if now < open.until => 0,
            Some(_) => u32::from(places > 0 && running == 0),
            None => u32::try_from(places).unwrap_or(u32::MAX),
        }
    }

    /// Whether the relay rejects nearly every mail. A rejection of a recipient is then not to be trusted.
    pub(super) fn refuses_most(&self) -> bool {
        self.open.is_some_and(|open| open.cause == Cause::Refuses)
    }

    /// Takes the result of a delivery.
    pub(super) fn note(&mut self, relay: RelayState, now: Timestamp) {
        match relay {
            RelayState::Accepted => {
                self.record(false);
                self.close();
            }
            RelayState::Refused => self.note_rejection(true, now),
            // The next mail can have a valid recipient, so it does not wait longer and longer.
            RelayState::RecipientRefused => self.note_rejection(false, now),
            RelayState::Answered if !self.refuses_most() => self.close(),
            RelayState::Unreachable => self.open(Cause::Unreachable, true, now),
            RelayState::Answered | RelayState::Unknown => {}
        }
    }

    fn note_rejection(&mut self, grows: bool, now: Timestamp) {
        self.record(true);
        let refuses = self.rejected.iter().filter(|rejected| **rejected).count() >= TOO_MANY;
        match self.open {
            _ if refuses => self.open(Cause::Refuses, grows, now),
            Some(open) if open.cause == Cause::Unreachable => self.close(),
            _ => {}
        }
    }

    fn record(&mut self, rejected: bool) {
        self.rejected.push_back(rejected);
        if self.rejected.len() > WINDOW {
            self.rejected.pop_front();
        }
    }

    fn close(&mut self) {
        match self.open.take().map(|open| open.cause) {
            Some(Cause::Unreachable) => tracing::info!("the mail relay is reachable again"),
            Some(Cause::Refuses) => {
                self.rejected.clear();
                tracing::info!("the mail relay accepts mails again");
            }
            None => {}
        }
    }

    /// Opens the breaker, or keeps it open. Of several deliveries that fail in the same pause only the first counts. `grows`:
    /// the next pause is longer.
    fn open(&mut self, cause: Cause, grows: bool, now: Timestamp) {
        if self.open.is_some_and(|open| now < open.until) {
            return;
        }
        // A relay that refused mails and then cannot be reached still has to accept a mail.
        let cause = if self.refuses_most() { Cause::Refuses } else { cause };
        if cause == Cause::Refuses && !self.refuses_most() {
            tracing::error!(
                rejected = TOO_MANY,
                of = WINDOW,
                "the mail relay rejects nearly every mail: mails wait, and one at a time tests the relay"
            );
        }
        let failures = self.open.map_or(0, |open| open.failures);
        let pause = TimeDelta::seconds(1 << failures.min(5)).min(LONGEST);
        self.open = Some(Open { cause, until: now + pause, failures: failures.saturating_add(grows.into()) });
    }
}

#[cfg(test)]
mod tests;
