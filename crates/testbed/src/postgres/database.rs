use std::hash::{BuildHasher, Hasher, RandomState};

use super::psql::Psql;
use crate::error::TestbedError;

/// A database of a test's own, dropped with this handle even while somebody is connected to it.
#[derive(Debug)]
pub struct Database {
    psql: Psql,
    name: String,
    url: String,
}

impl Database {
    /// Creates a database as a copy of the template, under a name that no other test has.
    pub(super) fn create(psql: &Psql, template: &str) -> Result<Self, TestbedError> {
        // A random name rather than a count: many test processes share a server.
        let name = format!("usher_test_{:016x}", RandomState::new().build_hasher().finish());
        let create =
            |how| psql.server_sql(&format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}" {how}"#));
        // Twice as fast as the default; PostgreSQL before 15 has no other way, and no word for it.
        create("STRATEGY FILE_COPY").or_else(|_| create(""))?;
        Ok(Self { psql: psql.clone(), url: psql.url_of(&name), name })
    }

    /// Makes this database a template for others. On error it stays what it was, and is dropped.
    pub(super) fn into_template(self, template: &str) -> Result<(), TestbedError> {
        // The handle's own drop finds nothing under the old name then.
        self.psql.server_sql(&format!(r#"ALTER DATABASE "{}" RENAME TO "{template}""#, self.name)).map(drop)
    }

    /// The database's URL, as the superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL through psql, to look into the database from outside.
    ///
    /// Returns the rows, one a line, columns separated by `|`. Several statements are one transaction.
    pub fn sql(&self, text: &str) -> Result<String, TestbedError> {
        self.psql.sql(&self.url, text)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A failure leaves a database behind in a throwaway cluster, which is no reason to fail a test.
        let _ = self.psql.server_sql(&format!(r#"DROP DATABASE IF EXISTS "{}" WITH (FORCE)"#, self.name));
    }
}
