use std::time::Duration;

use usher_domain::port::StoreError;

use super::item::Item;
use crate::units::Units;

/// Results with their places in the batch.
type Placed<A> = Vec<(usize, Result<A, StoreError>)>;

/// Runs `unit` for all items of a batch; returns their results, each in its place. `unit` gets the places of items that
/// belong to one unit of work, and how long that may wait.
///
/// The unit is split in two cases:
/// - A wait ran out. Nothing was done, so items with budget left go again; the others fail.
/// - The unit failed for a reason that one item may have caused, such as a row that cannot be read. Each item becomes a unit
///   of its own, so that the others succeed.
pub(crate) fn together_or_alone<Q, A>(
    units: &Units,
    items: &[Item<Q>],
    mut unit: impl FnMut(&[usize], Duration) -> Result<Vec<A>, StoreError>,
) -> Vec<Result<A, StoreError>> {
    let all: Vec<usize> = (0..items.len()).collect();
    let mut placed = attempt(&|place| units.remaining(&items[place].context), &all, &mut unit);
    placed.sort_unstable_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, result)| result).collect()
}

/// A unit of work for the requests at these places. The duration is the longest wait for a connection or the writer.
type UnitOfPlaces<'u, A> = dyn FnMut(&[usize], Duration) -> Result<Vec<A>, StoreError> + 'u;

fn attempt<A>(
    remaining: &dyn Fn(usize) -> Duration,
    places: &[usize],
    unit: &mut UnitOfPlaces<'_, A>,
) -> Placed<A> {
    let wait = places.iter().map(|place| remaining(*place)).min().unwrap_or_default();
    match unit(places, wait) {
        Ok(results) => {
            let mut results = results.into_iter();
            let missing = || StoreError::defect("a request of a batch has no result");
            places.iter().map(|place| (*place, results.next().ok_or_else(missing))).collect()
        }
        Err(error @ StoreError::Overloaded(_)) => {
            let (spent, rest): (Vec<usize>, Vec<usize>) =
                places.iter().partition(|place| remaining(**place).is_zero());
            match (spent.is_empty(), rest.is_empty()) {
                (false, false) => {
                    [fail(&spent, &error), attempt(remaining, &rest, unit)].into_iter().flatten().collect()
                }
                _ => fail(places, &error),
            }
        }
        Err(StoreError::Contended | StoreError::Corrupt { .. } | StoreError::Conflict(_))
            if places.len() > 1 =>
        {
            places.iter().flat_map(|place| attempt(remaining, &[*place], unit)).collect()
        }
        Err(error) => fail(places, &error),
    }
}

fn fail<A>(places: &[usize], error: &StoreError) -> Placed<A> {
    places.iter().map(|place| (*place, Err(error.clone()))).collect()
}
