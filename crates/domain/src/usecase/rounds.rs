//! Rounds and results of use cases that work on a batch of requests.

use std::{collections::HashMap, hash::Hash};

use crate::port::StoreError;

/// Requests of a batch that are worked on together.
pub(super) struct Round<R> {
    /// Their places in the batch.
    pub(super) places: Vec<usize>,
    /// The requests.
    pub(super) requests: Vec<R>,
}

/// Splits a batch into rounds. A round has at most one request for each key, so a request sees what an earlier one with its
/// key wrote.
pub(super) fn rounds<R: Copy, K: Eq + Hash>(requests: &[R], key: impl Fn(R) -> K) -> Vec<Round<R>> {
    let mut rounds: Vec<Round<R>> = Vec::new();
    let mut taken: HashMap<K, usize> = HashMap::new();
    for (place, request) in requests.iter().copied().enumerate() {
        let number = taken.entry(key(request)).or_default();
        if *number == rounds.len() {
            rounds.push(Round { places: Vec::new(), requests: Vec::new() });
        }
        rounds[*number].places.push(place);
        rounds[*number].requests.push(request);
        *number += 1;
    }
    rounds
}

/// The results of a batch, each in its place.
pub(super) struct Results<T>(Vec<(usize, T)>);

impl<T> Results<T> {
    /// No results yet.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the results of a round.
    pub(super) fn add(&mut self, places: Vec<usize>, results: Vec<T>) {
        self.0.extend(places.into_iter().zip(results));
    }

    /// All results, in the order of the requests.
    pub(super) fn in_order(mut self) -> Vec<T> {
        self.0.sort_unstable_by_key(|(place, _)| *place);
        self.0.into_iter().map(|(_, result)| result).collect()
    }
}

/// Merges the results of the accepted requests with the rejections of the others, in the order of the requests.
pub(super) fn merge_results<J, T, E: From<StoreError>>(
    judged: Vec<Result<J, E>>,
    accepted: impl IntoIterator<Item = Result<T, E>>,
) -> Vec<Result<T, E>> {
    let mut accepted = accepted.into_iter();
    let merge = |judged: Result<J, E>| judged.and_then(|_| accepted.next().unwrap_or_else(missing));
    judged.into_iter().map(merge).collect()
}

/// The result of a batch of one.
pub(super) fn single_result<T, E: From<StoreError>>(results: Vec<Result<T, E>>) -> Result<T, E> {
    results.into_iter().next().unwrap_or_else(missing)
}

fn missing<T, E: From<StoreError>>() -> Result<T, E> {
    Err(StoreError::defect("a request of a batch has no result").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_with_one_key_are_in_different_rounds_and_results_keep_the_order() {
        let batch = ["a1", "b1", "a2", "c1", "a3", "b2"];
        let rounds = rounds(&batch, |request| request.as_bytes()[0]);
        let requests: Vec<_> = rounds.iter().map(|round| round.requests.clone()).collect();
        assert_eq!(requests, [vec!["a1", "b1", "c1"], vec!["a2", "b2"], vec!["a3"]]);
        let mut results = Results::new();
        for Round { places, requests } in rounds {
            results.add(places, requests.iter().map(|request| request.to_uppercase()).collect());
        }
        assert_eq!(results.in_order(), ["A1", "B1", "A2", "C1", "A3", "B2"]);
    }

    #[test]
    fn an_empty_batch_has_no_round() {
        assert!(rounds(&[] as &[u8], |key| key).is_empty());
    }
}
