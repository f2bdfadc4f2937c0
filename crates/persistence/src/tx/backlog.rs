use usher_domain::{
    Timestamp,
    port::{StoreError, store::Backlog},
};

use super::DieselTx;
use crate::dialect;

impl Backlog for DieselTx<'_> {
    fn due_mails(&mut self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        self.read(|connection| Ok(dialect::due_mails(connection, now.naive_utc(), most)?))
    }

    fn dead_mails(&mut self, most: u32) -> Result<u32, StoreError> {
        self.read(|connection| Ok(dialect::dead_mails(connection, most)?))
    }

    fn unsettled_changes(&mut self, most: u32) -> Result<u32, StoreError> {
        self.read(|connection| Ok(dialect::unsettled_changes(connection, most)?))
    }
}
