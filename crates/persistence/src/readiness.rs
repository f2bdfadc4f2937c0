//! The check of readiness, on a connection of its own.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use usher_domain::port::{Clock, StoreError, store::ClockReading};
use usher_postgres::Loss;

use crate::{
    connection::AnyConnection,
    dialect,
    errors::store_error,
    manager::{LOCKED, Manager, Planner},
};

/// How long a call of a check may take before its connection is given up.
const CALL_TIMEOUT: Duration = Duration::from_secs(1);

/// Checks the database on a reserved connection, one check at a time.
pub(crate) struct ReadinessCheck {
    manager: Manager,
    reserved: Mutex<Option<Reserved>>,
}

struct Reserved {
    connection: AnyConnection,
    generation: u64,
}

impl ReadinessCheck {
    /// Connects, to report a wrong configuration at start.
    pub(crate) fn new(manager: Manager) -> Result<Self, crate::OpenError> {
        let reserved = open(&manager)?;
        Ok(Self { manager, reserved: Mutex::new(Some(reserved)) })
    }

    /// Runs a check. The server may have closed the connection since the last check; then it runs on a new one.
    pub(crate) fn run(&self, clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        let mut slot = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.manager.generations.current();
        if let Some(mut reserved) = slot.take().filter(|reserved| reserved.generation == current) {
            let checked = self.check(&mut reserved, clock);
            if dialect::loss(&reserved.connection) != Some(Loss::Closed) {
                *slot = checked.is_ok().then_some(reserved);
                return checked;
            }
        }
        let mut reserved = open(&self.manager).map_err(|error| StoreError::Unreachable(error.to_string()))?;
        let checked = self.check(&mut reserved, clock);
        *slot = checked.is_ok().then_some(reserved);
        checked
    }

    fn check(&self, reserved: &mut Reserved, clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        let Reserved { connection, generation } = reserved;
        let needs_room = self.manager.disk_full.is_suspected();
        let checked = dialect::check_write(connection, clock, needs_room);
        if dialect::loss(connection) == Some(Loss::ReadOnly) {
            self.manager.generations.end(*generation);
        }
        match checked.map_err(store_error) {
            // Only SQLite reports this: a unit is writing, which shows nothing about a disk that was full.
            Err(StoreError::Unreachable(cause)) if cause == LOCKED && !needs_room => {
                Ok(ClockReading::default())
            }
            Ok(reading) => {
                self.manager.disk_full.is_over();
                Ok(reading)
            }
            failed => failed,
        }
    }
}

fn open(manager: &Manager) -> Result<Reserved, crate::OpenError> {
    let generation = manager.generations.current();
    let mut connection = manager.open(Planner::ForUnits)?;
    dialect::limit_calls(&mut connection, CALL_TIMEOUT);
    Ok(Reserved { connection, generation })
}
