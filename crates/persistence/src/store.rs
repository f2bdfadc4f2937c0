//! The store: runs units of work in transactions, and again where the database or the version says so.

use std::fmt;

use diesel::{Connection, connection::TransactionManager as _};
use usher_domain::{
    Timestamp,
    port::{
        Store, StoreError, Tx,
        store::{Mode, Verdict},
    },
    principal::Credential,
    quota::{Window, WriteCount},
};

use crate::{
    connection::AnyConnection,
    dialect,
    errors::store_error,
    manager::{Manager, Session},
    migrations::Migrations,
    options::{DatabaseOptions, OpenError},
    pools::Pools,
    retry,
    tx::DieselTx,
    write_counts,
};

/// Ends the transaction of a unit of work.
type Transactions = <AnyConnection as Connection>::TransactionManager;

/// A [`Store`] on SQLite or PostgreSQL.
///
/// It blocks: on an asynchronous runtime every call belongs on a thread for blocking work.
pub struct DieselStore {
    manager: Manager,
    pools: Pools,
}

impl DieselStore {
    /// Opens the database, and shows that it can be used by connecting once. Makes the file of an SQLite database that
    /// is not there yet, but no folder for it. Tables come from [`Self::migrations`].
    pub fn open(options: &DatabaseOptions) -> Result<Self, OpenError> {
        let manager = Manager::new(options)?;
        let pools = Pools::new(&manager, options)?;
        manager.open()?;
        Ok(Self { manager, pools })
    }

    /// What brings the tables up to date.
    #[must_use]
    pub fn migrations(&self) -> Migrations<'_> {
        Migrations::new(&self.manager)
    }

    /// Runs a unit that has no transaction. One that met a dead connection runs again: it has done nothing.
    fn look(
        &self,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let mut chances = self.pools.most();
        loop {
            let mut session = self.pools.look()?;
            let mut tx = DieselTx::new(&mut session.connection, Mode::Look);
            let end = work(&mut tx).and(tx.into_failure().map_or(Ok(()), Err));
            let lost =
                matches!(end, Err(StoreError::Unavailable(_))) && dialect::is_lost(&mut session.connection);
            session.reusable = !lost;
            if !lost || chances == 0 {
                return end;
            }
            chances -= 1;
        }
    }

    fn once(
        &self,
        mode: Mode,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let mut session = self.pools.begin(mode)?;
        let mut tx = DieselTx::new(&mut session.connection, mode);
        let end = match work(&mut tx) {
            Ok(Verdict::Commit) => tx.into_failure().map_or(Ok(Verdict::Commit), Err),
            end => end,
        };
        match end {
            Ok(Verdict::Commit) => commit(&mut session),
            Ok(Verdict::Rollback) => {
                rollback(&mut session);
                Ok(())
            }
            Err(error) => {
                rollback(&mut session);
                Err(error)
            }
        }
    }
}

fn commit(session: &mut Session) -> Result<(), StoreError> {
    Transactions::commit_transaction(&mut session.connection).map_err(store_error)?;
    session.reusable = true;
    Ok(())
}

/// Where a rollback fails, the connection is closed instead of kept, and the transaction ends with it.
fn rollback(session: &mut Session) {
    session.reusable = Transactions::rollback_transaction(&mut session.connection).is_ok();
}

impl Store for DieselStore {
    fn run(
        &self,
        name: &'static str,
        mode: Mode,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        let _span = tracing::debug_span!("unit", name, ?mode).entered();
        match mode {
            Mode::Look => self.look(work),
            Mode::Read | Mode::Write => retry::until_uncontended(|| self.once(mode, work)),
        }
    }

    /// Contended is a count when the person was deleted meanwhile, and where somebody has made another isolation level
    /// the database's default than READ COMMITTED.
    fn count_write(
        &self,
        credential: &Credential,
        window: Window,
        now: Timestamp,
    ) -> Result<Option<WriteCount>, StoreError> {
        let _span = tracing::debug_span!("count_write").entered();
        let now = now.naive_utc();
        let count = |connection: &mut AnyConnection| write_counts::count(connection, credential, window, now);
        // If one write counts twice because a connection was lost, the person has one less in this window; the numbers
        // are still different ones.
        let counted = retry::until_uncontended(|| self.pools.unflushed(count))?;
        Ok(counted.map(|(window, writes)| WriteCount {
            window: window.and_utc(),
            writes: u64::try_from(writes).unwrap_or_default(),
        }))
    }
}

impl fmt::Debug for DieselStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DieselStore").finish_non_exhaustive()
    }
}
