use super::{MemoryTx, outbox::claimable_from, state::State};
use crate::{
    Timestamp,
    outbox::{Mail, MailState},
    port::{StoreError, store::Backlog},
};

fn count(state: &State, most: u32, counts: impl Fn(&Mail) -> bool) -> u32 {
    let found = state.mails.iter().filter(|mail| counts(mail)).count();
    u32::try_from(found).unwrap_or(u32::MAX).min(most)
}

impl Backlog for MemoryTx {
    fn due_mails(&mut self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let is_due = |mail: &Mail| mail.state == MailState::Queued && claimable_from(mail) <= now;
        self.read(|state| Ok(count(state, most, is_due)))
    }

    fn dead_mails(&mut self, most: u32) -> Result<u32, StoreError> {
        self.read(|state| Ok(count(state, most, |mail| mail.state == MailState::Dead)))
    }

    fn unsettled_changes(&mut self, _: u32) -> Result<u32, StoreError> {
        self.read(|_| Ok(0))
    }
}
