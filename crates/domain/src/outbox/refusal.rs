//! When a refusal of a recipient is final.
//!
//! A relay that is out of order can refuse everybody in the words for an unknown recipient: `550 5.1.1`. A single refusal
//! cannot be told from a bad address. What the relay answers to other mails can tell them apart.

use std::collections::{BTreeSet, VecDeque};

use chrono::TimeDelta;

use crate::{Timestamp, id::MailId};

/// Two accepted mails no further apart than this show that the relay was in order between them.
pub const WITNESS_SPAN: TimeDelta = TimeDelta::seconds(2);

/// A refusal that long after the first one is final, too.
pub const CONFIRMED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// So many refused mails without an accepted one between them cast doubt on every refusal.
const DOUBTFUL: usize = 3;

/// The number of accepted mails that are remembered.
const REMEMBERED: usize = 512;

/// When the relay was asked to take a mail, and when its answer was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayAnswer {
    /// When the attempt began.
    pub asked_at: Timestamp,
    /// When it ended.
    pub at: Timestamp,
}

/// What a refusal of a recipient means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalVerdict {
    /// The recipient cannot get mail.
    Final,
    /// The next accepted mail can decide it.
    Undecided,
    /// Nothing shows that the relay would have accepted another mail. The mail is tried again.
    Unconfirmed,
}

/// Judges refusals of recipients by the relay's answers to other mails. One worker's view: it is not stored.
///
/// A refusal is final in two cases:
///
/// 1. The relay accepted a mail shortly before the refusal and a mail shortly after it ([`WITNESS_SPAN`]). Then it did not refuse
///    everybody in between, unless for less than that time.
/// 2. It is not the mail's first refusal, and the first one was long ago ([`CONFIRMED_AFTER`]); but not while the relay refuses one
///    mail after the other and accepts none.
#[derive(Debug, Default)]
pub struct RefusalJudge {
    /// The last accepted mails.
    accepted: VecDeque<RelayAnswer>,
    /// The mails that were refused since the last accepted one; no more than [`DOUBTFUL`].
    refused: BTreeSet<MailId>,
}

impl RefusalJudge {
    /// The relay accepted a mail.
    pub fn note_accepted(&mut self, answer: RelayAnswer) {
        self.refused.clear();
        self.accepted.push_back(answer);
        if self.accepted.len() > REMEMBERED {
            self.accepted.pop_front();
        }
    }

    /// The relay refused the recipient of a mail.
    pub fn note_refused(&mut self, mail: MailId) {
        if self.refused.len() < DOUBTFUL {
            self.refused.insert(mail);
        }
    }

    /// Judges a refusal. `first` is when the recipient was refused first, if this was not the first time.
    #[must_use]
    pub fn judge(&self, refusal: RelayAnswer, first: Option<Timestamp>, now: Timestamp) -> RefusalVerdict {
        let before = self.accepted.iter().filter(|accepted| accepted.at < refusal.asked_at);
        let Some(before) = before.map(|accepted| accepted.asked_at).max() else {
            return self.without_witnesses(refusal, first);
        };
        let after = self.accepted.iter().filter(|accepted| accepted.asked_at > refusal.at);
        // From the beginning of the one to the end of the other: it is not known when in between the relay decided.
        if after.map(|accepted| accepted.at).min().is_some_and(|after| after - before <= WITNESS_SPAN) {
            return RefusalVerdict::Final;
        }
        match self.without_witnesses(refusal, first) {
            // A clock that was set back must not make a mail wait for long.
            RefusalVerdict::Unconfirmed if refusal.at <= now && now - before < WITNESS_SPAN => {
                RefusalVerdict::Undecided
            }
            verdict => verdict,
        }
    }

    fn without_witnesses(&self, refusal: RelayAnswer, first: Option<Timestamp>) -> RefusalVerdict {
        let is_confirmed = first.is_some_and(|first| refusal.at - first >= CONFIRMED_AFTER);
        if is_confirmed && self.refused.len() < DOUBTFUL {
            RefusalVerdict::Final
        } else {
            RefusalVerdict::Unconfirmed
        }
    }
}

#[cfg(test)]
mod tests;
