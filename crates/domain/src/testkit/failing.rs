use crate::port::{
    Clock, Store, StoreError, Tx,
    store::{ClockReading, CountedWork, Counting, Unit, Verdict},
};

/// A store in which every unit fails with this error before its work begins.
#[derive(Debug, Clone)]
pub struct FailingStore(pub StoreError);

impl Store for FailingStore {
    fn run(
        &self,
        _unit: Unit,
        _work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        Err(self.0.clone())
    }

    fn run_counted(
        &self,
        _unit: Unit,
        _counting: &Counting<'_>,
        _work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        Err(self.0.clone())
    }

    fn check(&self, _clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        Err(self.0.clone())
    }

    fn writes_in_parallel(&self) -> bool {
        true
    }
}
