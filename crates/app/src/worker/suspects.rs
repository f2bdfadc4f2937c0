use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    outbox::{RefusalJudge, RefusalVerdict, RelayAnswer, WITNESS_SPAN},
    usecase::deliver::Delivery,
};

/// The most mails that wait for a verdict. They are in memory, under their leases.
const MOST: usize = 100;

/// A mail whose recipient the relay refused.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) delivery: Delivery,
    pub(super) reason: String,
    pub(super) answer: RelayAnswer,
}

/// The mails whose recipients the relay refused, until it is known whether that is final: up to [`WITNESS_SPAN`]. They hold no
/// places, so any number of bad addresses leaves room for the mails that show whether the relay is in order.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    judge: RefusalJudge,
    waiting: Vec<Suspect>,
}

impl Suspects {
    /// The relay accepted a mail.
    pub(super) fn note_accepted(&mut self, answer: RelayAnswer) {
        self.judge.note_accepted(answer);
    }

    pub(super) fn add(&mut self, suspect: Suspect) {
        self.judge.note_refused(suspect.delivery.mail.id);
        self.waiting.push(suspect);
    }

    /// Takes the mails whose refusals are decided, and whether they are final. If there are too many others, the oldest are tried
    /// again.
    pub(super) fn take_decided(&mut self, now: Timestamp) -> Vec<(Suspect, bool)> {
        let mut decided = Vec::new();
        for suspect in std::mem::take(&mut self.waiting) {
            match self.judge.judge(suspect.answer, suspect.delivery.mail.refused_at, now) {
                RefusalVerdict::Final => decided.push((suspect, true)),
                RefusalVerdict::Unconfirmed => decided.push((suspect, false)),
                RefusalVerdict::Undecided => self.waiting.push(suspect),
            }
        }
        let surplus = self.waiting.len().saturating_sub(MOST);
        decided.extend(self.waiting.drain(..surplus).map(|suspect| (suspect, false)));
        decided
    }

    /// Takes all mails. None of their refusals is final.
    pub(super) fn take_all(&mut self) -> Vec<(Suspect, bool)> {
        std::mem::take(&mut self.waiting).into_iter().map(|suspect| (suspect, false)).collect()
    }

    /// How long the first mail that waits may wait at most. `None` if no mail waits.
    pub(super) fn longest_wait(&self, now: Timestamp) -> Option<TimeDelta> {
        let ends = self.waiting.iter().map(|suspect| suspect.answer.at + WITNESS_SPAN);
        Some((ends.min()? - now).clamp(TimeDelta::zero(), WITNESS_SPAN))
    }
}
