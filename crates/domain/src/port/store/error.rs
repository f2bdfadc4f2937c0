/// Which rule of uniqueness a write ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// Two accounts of one name.
    AccountName,
    /// Two people with one address.
    PersonEmail,
    /// One person twice in one account.
    Membership,
    /// Two pending invitations for one account and address.
    PendingInvitation,
    /// Two answers for one idempotency key.
    IdempotencyKey,
    /// Two rows with one random id: practically a broken generator.
    RandomId,
}

/// Why the store did not do it. After any of these but `Corrupt` the unit of work has to end: its transaction is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A rule of uniqueness.
    #[error("conflict on {0:?}")]
    Conflict(Constraint),
    /// Somebody else changed the row in between, or removed one that a write refers to. The store runs the unit again,
    /// so callers see this only when it happened too often.
    #[error("too many changes to the same row at once")]
    Contended,
    /// The database cannot be reached, is full, or gave up. Nothing was written, with one exception: when the connection
    /// breaks during the commit, nobody knows. A second try is safe then too: uniqueness and versions hold it back.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value that the domain would never have written. The unit can go on without that row.
    #[error("{table}.{column} of row {id} cannot be read")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Primary key.
        id: i64,
    },
}
