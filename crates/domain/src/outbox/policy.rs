use chrono::TimeDelta;

use crate::{Timestamp, port::Entropy, port::SendError};

/// When a failed mail is attempted again, and when it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Pause after the first failure; each further failure doubles it.
    pub first_pause: TimeDelta,
    /// Longest pause.
    pub longest_pause: TimeDelta,
    /// Given up after this long, or when the invitation expires, whichever comes first.
    pub give_up_after: TimeDelta,
    /// How long a worker may hold a mail. It must outlast the deadline of one SMTP delivery.
    pub lease: TimeDelta,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            first_pause: TimeDelta::seconds(10),
            longest_pause: TimeDelta::minutes(15),
            give_up_after: TimeDelta::days(4),
            lease: TimeDelta::seconds(150),
        }
    }
}

/// What happens to a mail after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Attempted again.
    Retry {
        /// The earliest moment of the attempt.
        due_at: Timestamp,
        /// Whether the attempt counts. An attempt that did not reach the relay does not.
        counts: bool,
    },
    /// No further attempt.
    GiveUp,
}

impl RetryPolicy {
    /// Decides after a failure. `attempts` is the number of earlier counted attempts; `expires_at` is the expiry of the invitation.
    #[must_use]
    pub fn after_failure(
        &self,
        error: &SendError,
        attempts: u32,
        created_at: Timestamp,
        expires_at: Timestamp,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> NextStep {
        let counts = match error {
            SendError::Permanent { .. } | SendError::Unsendable { .. } => return NextStep::GiveUp,
            SendError::Unreachable { .. } => false,
            SendError::Deferred { .. }
            | SendError::Ambiguous { .. }
            | SendError::Refused { .. }
            | SendError::Unconfirmed { .. } => true,
        };
        let last_moment = if counts { expires_at.min(created_at + self.give_up_after) } else { expires_at };
        let due_at = now + self.pause(attempts, entropy);
        if due_at < last_moment { NextStep::Retry { due_at, counts } } else { NextStep::GiveUp }
    }

    /// Exponential, with a random upper half, so that mails that failed together are not attempted together.
    fn pause(&self, attempts: u32, entropy: &dyn Entropy) -> TimeDelta {
        let doubled = self.first_pause.num_milliseconds().saturating_mul(1_i64 << attempts.min(20));
        let whole = doubled.clamp(1, self.longest_pause.num_milliseconds().max(1));
        let mut random = [0_u8; 4];
        entropy.fill(&mut random);
        let share = i64::from(u32::from_le_bytes(random) >> 16);
        TimeDelta::milliseconds(whole / 2 + (whole - whole / 2) * share / 0xFFFF)
    }
}
