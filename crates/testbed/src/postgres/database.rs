use std::hash::{BuildHasher, Hasher, RandomState};

use super::psql::Psql;
use crate::error::TestbedError;

/// The database of one test. Dropping the handle drops the database, even while a client is connected to it.
#[derive(Debug)]
pub struct Database {
    psql: Psql,
    name: String,
    url: String,
}

impl Database {
    /// Creates a database as a copy of the template, under a unique name.
    pub(super) fn create(psql: &Psql, template: &str) -> Result<Self, TestbedError> {
        // A random name, because many test processes share a server and could not share a counter.
        let name = format!("usher_test_{:016x}", RandomState::new().build_hasher().finish());
        let create =
            |how| psql.server_sql(&format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}" {how}"#));
        // Twice as fast as the default. PostgreSQL before version 15 does not know the option and always copies files.
        create("STRATEGY FILE_COPY").or_else(|_| create(""))?;
        Ok(Self { psql: psql.clone(), url: psql.url_of(&name), name })
    }

    /// Makes this database a template. After an error the database is dropped as usual.
    pub(super) fn into_template(self, template: &str) -> Result<(), TestbedError> {
        // This renames the database, so dropping the handle finds no database with the old name.
        self.psql.server_sql(&format!(r#"ALTER DATABASE "{}" RENAME TO "{template}""#, self.name)).map(drop)
    }

    /// The URL of the database, for the superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL through psql, which shares no code with Usher.
    ///
    /// Returns one line for each row, with the columns separated by `|`. Several statements run in one transaction.
    pub fn sql(&self, text: &str) -> Result<String, TestbedError> {
        self.psql.sql(&self.url, text)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A database left behind in a throwaway cluster is no reason to fail a test.
        let _ = self.psql.server_sql(&format!(r#"DROP DATABASE IF EXISTS "{}" WITH (FORCE)"#, self.name));
    }
}
