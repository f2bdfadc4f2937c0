/// The uniqueness rule that a write violated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// Two accounts with one name.
    AccountName,
    /// Two people with one address.
    PersonEmail,
    /// One person twice in one account.
    Membership,
    /// Two pending invitations for one account and address.
    PendingInvitation,
    /// Two counters of failed sign-ins with one name, or one known network twice for one person.
    SignIns,
    /// Two answers for one idempotency key.
    IdempotencyKey,
    /// Two rows with one random id. In practice this means that the generator is broken.
    RandomId,
}

/// A bounded wait that ran out before any work began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitLimit {
    /// Admission control: all permits for concurrent units of work were taken.
    Permit,
    /// The queue of an operation that is worked on in batches.
    BatchQueue,
    /// The connection pool.
    Connection,
    /// SQLite's one writer.
    Writer,
}

impl WaitLimit {
    /// Names the limit in logs and metrics; never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::BatchQueue => "batch_queue",
            Self::Connection => "connection",
            Self::Writer => "writer",
        }
    }
}

/// Why a unit of work failed. After any of these errors except `Corrupt`, the unit has to end, because its transaction
/// is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness rule was violated.
    #[error("conflict on {0:?}")]
    Conflict(Constraint),
    /// Another unit changed the row in the meantime, or removed a row that a write refers to. The store runs the unit
    /// again, so callers see this error only after too many attempts.
    #[error("too many changes to the same row at once")]
    Contended,
    /// A wait ran out before the work began. Nothing was done, so a second attempt is safe.
    #[error("overloaded: no {} became free in time", .0.as_str())]
    Overloaded(WaitLimit),
    /// The database cannot be reached, is full, or gave up. Nothing was written, with one exception: when the connection
    /// breaks during the commit, the outcome is unknown. A second attempt is safe then too: uniqueness rules and versions
    /// protect the data.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
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
    /// A bug in Usher: a panic, a missing result, an impossible state. A second attempt would fail the same way.
    #[error("defect: {0}")]
    Defect(String),
}

impl StoreError {
    /// A defect with its description.
    #[must_use]
    pub fn defect(description: impl Into<String>) -> Self {
        Self::Defect(description.into())
    }

    /// Whether the same request may succeed shortly. The response then asks the client to try again; otherwise it is an
    /// internal error.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Contended | Self::Overloaded(_) | Self::Unreachable(_))
    }
}
