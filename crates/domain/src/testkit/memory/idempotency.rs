use super::{MemoryTx, state::present};
use crate::{
    Timestamp,
    idempotency::{Answer, KeptAnswer, KeyDigest, NewKey},
    port::{StoreError, store::IdempotencyKeys},
};

impl IdempotencyKeys for MemoryTx {
    fn take_key(&mut self, key: &NewKey, stale: Timestamp) -> Result<bool, StoreError> {
        let new = key.clone();
        self.write(|state| {
            if state.answers.get(&new.digest).is_some_and(|kept| kept.created_at > stale) {
                return Ok(false);
            }
            new.account.map_or(Ok(()), |account| state.require_account(account))?;
            let answer = Answer { status: 0, content_type: None, body: String::new() };
            let kept = KeptAnswer { request: new.request, created_at: new.created_at, answer };
            state.answers.insert(new.digest, kept);
            Ok(true)
        })
    }

    fn keep_answer(&mut self, key: &KeyDigest, answer: &Answer) -> Result<(), StoreError> {
        self.write(|state| {
            let taken = state.answers.get_mut(key);
            present(taken.is_some())?;
            if let Some(taken) = taken {
                taken.answer = answer.clone();
            }
            Ok(())
        })
    }

    fn kept_answer(&mut self, key: &KeyDigest) -> Result<Option<KeptAnswer>, StoreError> {
        self.read(|state| Ok(state.answers.get(key).cloned()))
    }

    fn forget_answers(&mut self, stale: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|state| {
            let old = state.answers.iter().filter(|(_, kept)| kept.created_at <= stale);
            let mut old: Vec<_> = old.map(|(key, kept)| (kept.created_at, key.clone())).collect();
            old.sort_by_key(|(created_at, _)| *created_at);
            old.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            for (_, key) in &old {
                state.answers.remove(key);
            }
            Ok(old.len())
        })
    }
}
