//! What the use cases that work on a batch of requests have in common.

use std::{collections::HashSet, hash::Hash};

use crate::port::StoreError;

/// Works on a batch in rounds and returns the results in the order of the requests. A round has at most one request for each
/// key, so a request sees what an earlier one with its key wrote.
pub(super) fn in_rounds<R: Copy, K: Eq + Hash, T>(
    requests: &[R],
    key: impl Fn(R) -> K,
    mut work: impl FnMut(&[R]) -> Result<Vec<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut results: Vec<(usize, T)> = Vec::with_capacity(requests.len());
    let mut waiting: Vec<(usize, R)> = requests.iter().copied().enumerate().collect();
    while !waiting.is_empty() {
        let mut taken = HashSet::new();
        let (round, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, request)| taken.insert(key(*request)));
        let (indices, requests): (Vec<usize>, Vec<R>) = round.into_iter().unzip();
        results.extend(indices.into_iter().zip(work(&requests)?));
        waiting = later;
    }
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
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
        let mut rounds = Vec::new();
        let results = in_rounds(
            &["a1", "b1", "a2", "c1", "a3", "b2"],
            |request| request.as_bytes()[0],
            |round| {
                rounds.push(round.to_vec());
                Ok(round.iter().map(|request| request.to_uppercase()).collect())
            },
        );
        assert_eq!(results.unwrap(), ["A1", "B1", "A2", "C1", "A3", "B2"]);
        assert_eq!(rounds, [vec!["a1", "b1", "c1"], vec!["a2", "b2"], vec!["a3"]]);
    }

    #[test]
    fn an_empty_batch_has_no_round() {
        let results: Result<Vec<u8>, StoreError> = in_rounds(&[] as &[u8], |key| key, |_| panic!("no work"));
        assert_eq!(results, Ok(Vec::new()));
    }

    #[test]
    fn an_error_of_the_store_ends_the_batch() {
        let mut rounds = 0;
        let failed: Result<Vec<u8>, StoreError> = in_rounds(
            &[1, 1],
            |key| key,
            |_| {
                rounds += 1;
                Err(StoreError::Contended)
            },
        );
        assert_eq!((failed, rounds), (Err(StoreError::Contended), 1));
    }
}
