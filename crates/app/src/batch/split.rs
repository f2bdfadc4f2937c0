use std::time::Duration;

use usher_domain::port::StoreError;

use super::item::Item;
use crate::units::Units;

/// Runs `unit` for all items of a batch, and answers each in its place.
///
/// - A wait that runs out fails the requests whose budget is used up; the others go again. Nothing was done.
/// - An error that one item may have caused alone, such as a row that cannot be read, is not for the others to bear: then
///   each item is a unit of its own.
pub(crate) fn together_or_alone<Q, A>(
    units: &Units,
    items: &[Item<Q>],
    mut unit: impl FnMut(&[usize], Duration) -> Result<Vec<A>, StoreError>,
) -> Vec<Result<A, StoreError>> {
    let mut results: Vec<Option<Result<A, StoreError>>> = items.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..items.len()).collect();
    while !open.is_empty() {
        let wait = open.iter().map(|place| units.remaining(&items[*place].context)).min().unwrap_or_default();
        match unit(&open, wait) {
            Ok(done) => settle(&mut results, &open, done.into_iter().map(Ok)),
            Err(StoreError::Overloaded(limit)) => {
                let (rest, spent): (Vec<_>, Vec<_>) =
                    open.iter().partition(|place| !units.remaining(&items[**place].context).is_zero());
                settle(&mut results, &spent, spent.iter().map(|_| Err(StoreError::Overloaded(limit))));
                if spent.is_empty() {
                    settle(&mut results, &rest, rest.iter().map(|_| Err(StoreError::Overloaded(limit))));
                    break;
                }
                open = rest;
                continue;
            }
            Err(StoreError::Contended | StoreError::Corrupt { .. } | StoreError::Conflict(_))
                if open.len() > 1 =>
            {
                for place in &open {
                    let wait = units.remaining(&items[*place].context);
                    let alone =
                        unit(&[*place], wait).and_then(|done| done.into_iter().next().ok_or_else(missing));
                    results[*place] = Some(alone);
                }
            }
            Err(error) => settle(&mut results, &open, open.iter().map(|_| Err(error.clone()))),
        }
        break;
    }
    results.into_iter().map(|result| result.unwrap_or_else(|| Err(missing()))).collect()
}

fn settle<A>(
    results: &mut [Option<Result<A, StoreError>>],
    places: &[usize],
    done: impl Iterator<Item = Result<A, StoreError>>,
) {
    for (place, result) in places.iter().zip(done) {
        results[*place] = Some(result);
    }
}

fn missing() -> StoreError {
    StoreError::defect("a request of a batch has no result")
}
