use std::time::Duration;

use usher_domain::port::StoreError;

use super::item::Item;
use crate::units::Units;

/// Results with their places in the batch.
type Placed<A> = Vec<(usize, Result<A, StoreError>)>;

/// A batch whose requests are performed in units of work.
pub(crate) trait SplitBatch {
    /// The result of a request.
    type Outcome;

    /// Performs the requests at these places as one unit of work, which waits at most `wait` for a connection or for
    /// the writer. Returns their results, in the order of `places`.
    fn run_unit(&mut self, places: &[usize], wait: Duration) -> Result<Vec<Self::Outcome>, StoreError>;
}

/// Performs all items of a batch and returns their results, each in its place.
///
/// All items are one unit of work. It is split in two cases:
/// - A wait ran out. Nothing was done, so items with budget left are tried again; the others fail.
/// - The unit failed for a reason that one item may have caused, such as a row that cannot be read. Nothing was kept. Each item
///   becomes a unit of its own, so that the others succeed.
pub(crate) fn together_or_alone<Q, B: SplitBatch>(
    units: &Units,
    items: &[Item<Q>],
    batch: &mut B,
) -> Vec<Result<B::Outcome, StoreError>> {
    let all: Vec<usize> = (0..items.len()).collect();
    let mut placed = run_places(units, items, &all, batch);
    placed.sort_unstable_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, result)| result).collect()
}

fn run_places<Q, B: SplitBatch>(
    units: &Units,
    items: &[Item<Q>],
    places: &[usize],
    batch: &mut B,
) -> Placed<B::Outcome> {
    let remaining = |place: &usize| units.remaining(&items[*place].context);
    let wait = places.iter().map(remaining).min().unwrap_or_default();
    match batch.run_unit(places, wait) {
        Ok(results) => {
            let mut results = results.into_iter();
            let missing = || StoreError::defect("a request of a batch has no result");
            places.iter().map(|place| (*place, results.next().ok_or_else(missing))).collect()
        }
        Err(error @ StoreError::Overloaded(_)) => {
            for place in places {
                items[*place].context.spend(wait);
            }
            let (spent, rest): (Vec<usize>, Vec<usize>) =
                places.iter().partition(|place| remaining(place).is_zero());
            let mut results = fail(&spent, &error);
            if !rest.is_empty() {
                results.append(&mut run_places(units, items, &rest, batch));
            }
            results
        }
        Err(
            StoreError::Contended
            | StoreError::Corrupt { .. }
            | StoreError::Conflict(_)
            | StoreError::Defect(_),
        ) if places.len() > 1 => {
            places.iter().flat_map(|place| run_places(units, items, &[*place], batch)).collect()
        }
        Err(error) => fail(places, &error),
    }
}

fn fail<A>(places: &[usize], error: &StoreError) -> Placed<A> {
    places.iter().map(|place| (*place, Err(error.clone()))).collect()
}
