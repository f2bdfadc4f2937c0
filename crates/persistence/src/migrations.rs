//! Migrations: embedded in the program, applied by one process at a time, all or none.

use diesel::{
    Connection,
    connection::TransactionManager as _,
    migration::{Migration, MigrationConnection as _, MigrationSource},
    prelude::*,
};
use diesel_migrations::MigrationHarness as _;

use crate::{
    connection::{AnyConnection, MultiBackend},
    dialect,
    manager::{Manager, Planner},
    options::OpenError,
};

diesel::table! {
    /// Diesel's own.
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

type Step = Box<dyn Migration<MultiBackend>>;

/// Why the tables are not up to date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database broke off or refused, before or after the migrations themselves. Nothing was changed.
    #[error("the migrations cannot be looked at or kept: {0}")]
    Database(String),
    /// A migration did not work. Nothing was changed, by the ones before it neither.
    #[error("migration {name} failed: {reason}")]
    Failed {
        /// Timestamp and name.
        name: String,
        /// What the database says about it.
        reason: String,
    },
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// The way from any older state of a store's tables to the one that this program needs. It has connections of its own,
/// for its waits are longer than those of units of work.
pub struct Migrations<'s> {
    manager: &'s Manager,
}

impl<'s> Migrations<'s> {
    pub(crate) fn new(manager: &'s Manager) -> Self {
        Self { manager }
    }

    /// The names of those to be applied, the oldest first. Only reads, so it needs no right to change tables.
    ///
    /// Those that the database has and this program does not know are not an error: they are what an older replica
    /// meets while a newer one is being rolled out.
    pub fn pending(&self) -> Result<Vec<String>, MigrateError> {
        let mut connection = self.manager.open(Planner::Default)?;
        Ok(names(&pending(&mut connection)?))
    }

    /// Applies the pending ones in one transaction, and answers their names. Any number of processes may do this at
    /// once: one of them does the work and the others wait for it. Where nothing is pending nobody waits.
    pub fn run(&self) -> Result<Vec<String>, MigrateError> {
        let mut connection = self.manager.open(Planner::Default)?;
        if pending(&mut connection)?.is_empty() {
            return Ok(Vec::new());
        }
        dialect::begin_exclusive(&mut connection)?;
        // From here on nobody else is in here, not even to make diesel's own table. Where anything fails, the
        // connection is dropped, and its transaction with it.
        connection.setup()?;
        let steps = pending(&mut connection)?;
        for step in &steps {
            connection.run_migration(step).map_err(|error| MigrateError::Failed {
                name: step.name().to_string(),
                reason: error.to_string(),
            })?;
        }
        <AnyConnection as Connection>::TransactionManager::commit_transaction(&mut connection)?;
        Ok(names(&steps))
    }
}

/// The migrations that the database does not have, the oldest first.
fn pending(connection: &mut AnyConnection) -> Result<Vec<Step>, MigrateError> {
    let applied = applied(connection)?;
    let mut steps: Vec<Step> = MigrationSource::<MultiBackend>::migrations(dialect::migrations(connection))
        .map_err(|error| MigrateError::Database(error.to_string()))?;
    steps.retain(|step| !applied.contains(&step.name().version().to_string()));
    steps.sort_by_key(|step| step.name().version().to_string());
    Ok(steps)
}

fn applied(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    if !dialect::has_migrations_table(connection)? {
        return Ok(Vec::new());
    }
    __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(connection)
}

fn names(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.name().to_string()).collect()
}
