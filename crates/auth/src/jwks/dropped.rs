use std::collections::BTreeSet;

use super::fetch::DroppedKey;

/// The maximum number of keys to remember. An issuer that changes the ids of unusable keys with every fetch fills neither the
/// memory nor the log.
const MAX_KEYS: usize = 64;

/// The dropped keys of one issuer that the operator was told about. Once is enough: the set is fetched again every few minutes.
#[derive(Default)]
pub(super) struct DroppedKeys(BTreeSet<DroppedKey>);

impl DroppedKeys {
    /// Remembers the keys, and returns those that were not dropped before.
    pub(super) fn remember(&mut self, dropped: Vec<DroppedKey>) -> Vec<DroppedKey> {
        let mut is_new = |key: &DroppedKey| self.0.len() < MAX_KEYS && self.0.insert(key.clone());
        dropped.into_iter().filter(|key| is_new(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyFault;

    fn key(kid: &str, fault: KeyFault) -> DroppedKey {
        DroppedKey { kid: Some(kid.to_owned()), fault }
    }

    #[test]
    fn each_key_is_new_once_for_each_reason() {
        let mut dropped = DroppedKeys::default();
        let (small, other) = (key("a", KeyFault::RsaSize), key("b", KeyFault::Type));
        assert_eq!(dropped.remember(vec![small.clone()]), std::slice::from_ref(&small));
        assert_eq!(dropped.remember(vec![small.clone(), other.clone()]), [other]);
        assert_eq!(dropped.remember(vec![key("a", KeyFault::Type)]).len(), 1);
        assert_eq!(dropped.remember(vec![small]), []);
    }

    #[test]
    fn their_number_is_bounded() {
        let mut dropped = DroppedKeys::default();
        let keys = (0..1000).map(|number| key(&number.to_string(), KeyFault::Type));
        assert_eq!(dropped.remember(keys.collect()).len(), MAX_KEYS);
        assert_eq!(dropped.remember(vec![key("another", KeyFault::Type)]), []);
    }
}
