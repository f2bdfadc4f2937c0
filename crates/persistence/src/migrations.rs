//! Migrations: embedded in the program, applied by one process at a time, in one transaction.

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
    open_error::OpenError,
};

diesel::table! {
    /// Diesel's own table.
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

type Step = Box<dyn Migration<MultiBackend>>;

/// Why the migrations were not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// No connection could be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A statement before or after the migrations themselves failed. Nothing was changed.
    #[error("the migrations cannot be looked at or kept: {0}")]
    Database(String),
    /// A migration failed. Nothing was changed, because all run in one transaction.
    #[error("migration {name} failed: {reason}")]
    Failed {
        /// Timestamp and name.
        name: String,
        /// The database's message.
        reason: String,
    },
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// Brings the tables of a store up to date. Uses its own connections, because it waits longer than units of work do.
pub struct Migrations<'s> {
    manager: &'s Manager,
}

impl<'s> Migrations<'s> {
    pub(crate) fn new(manager: &'s Manager) -> Self {
        Self { manager }
    }

    /// The names of the migrations to be applied, the oldest first. Only reads, so it needs no right to change tables.
    ///
    /// Unknown migrations in the database are not an error: an older replica sees them while a newer one is being
    /// rolled out.
    pub fn pending(&self) -> Result<Vec<String>, MigrateError> {
        let mut connection = self.manager.open(Planner::Default)?;
        Ok(names(&pending(&mut connection)?))
    }

    /// Applies the pending migrations in one transaction and returns their names. Any number of processes may call this at
    /// once: one applies the migrations and the others wait for it. Without pending migrations no process waits.
    pub fn run(&self) -> Result<Vec<String>, MigrateError> {
        let mut connection = self.manager.open(Planner::Default)?;
        if pending(&mut connection)?.is_empty() {
            return Ok(Vec::new());
        }
        dialect::begin_exclusive(&mut connection)?;
        // From here on no other process migrates or creates diesel's own table. After an error the connection is
        // dropped, and its transaction with it.
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
