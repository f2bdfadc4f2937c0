//! What use cases that work on several requests at once have in common.

use std::{collections::HashSet, hash::Hash};

use crate::port::StoreError;

/// Works on several requests at once, and answers each in its place. Of those with the same key only the first is among them; the
/// others, which have to see what came of it, take the next turn, and so on.
pub(super) fn in_turns<R: Copy, K: Eq + Hash, A>(
    requests: &[R],
    key: impl Fn(R) -> K,
    mut work: impl FnMut(&[R]) -> Result<Vec<A>, StoreError>,
) -> Result<Vec<A>, StoreError> {
    let mut answers: Vec<(usize, A)> = Vec::with_capacity(requests.len());
    let mut waiting: Vec<(usize, R)> = requests.iter().copied().enumerate().collect();
    while !waiting.is_empty() {
        let mut taken = HashSet::new();
        let (turn, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, request)| taken.insert(key(*request)));
        let (places, requests): (Vec<usize>, Vec<R>) = turn.into_iter().unzip();
        answers.extend(places.into_iter().zip(work(&requests)?));
        waiting = later;
    }
    answers.sort_unstable_by_key(|(place, _)| *place);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// The answers of those whose requests were let through, each in its place, and the refusals of the others.
pub(super) fn filled<J, T, E: From<StoreError>>(
    judged: Vec<Result<J, E>>,
    answers: impl IntoIterator<Item = Result<T, E>>,
) -> Vec<Result<T, E>> {
    let mut answers = answers.into_iter();
    let answer = |judged: Result<J, E>| judged.and_then(|_| answers.next().unwrap_or_else(missing));
    judged.into_iter().map(answer).collect()
}

/// The answer to the only request.
pub(super) fn only<T, E: From<StoreError>>(answers: Vec<Result<T, E>>) -> Result<T, E> {
    answers.into_iter().next().unwrap_or_else(missing)
}

fn missing<T, E: From<StoreError>>() -> Result<T, E> {
    Err(StoreError::defect("a request of a batch has no result").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_with_one_key_take_turns_and_are_answered_in_their_places() {
        let mut turns = Vec::new();
        let answers = in_turns(
            &["a1", "b1", "a2", "c1", "a3", "b2"],
            |request| request.as_bytes()[0],
            |turn| {
                turns.push(turn.to_vec());
                Ok(turn.iter().map(|request| request.to_uppercase()).collect())
            },
        );
        assert_eq!(answers.unwrap(), ["A1", "B1", "A2", "C1", "A3", "B2"]);
        assert_eq!(turns, [vec!["a1", "b1", "c1"], vec!["a2", "b2"], vec!["a3"]]);
    }

    #[test]
    fn nobody_is_worked_for_when_nobody_asks_and_an_error_ends_it() {
        let nothing: Result<Vec<u8>, StoreError> = in_turns(&[] as &[u8], |key| key, |_| panic!("no work"));
        assert_eq!(nothing, Ok(Vec::new()));
        let mut turns = 0;
        let failed: Result<Vec<u8>, StoreError> = in_turns(
            &[1, 1],
            |key| key,
            |_| {
                turns += 1;
                Err(StoreError::Contended)
            },
        );
        assert_eq!((failed, turns), (Err(StoreError::Contended), 1));
    }
}
