//! Translates errors of the server and of the connection into diesel's.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::ffi::Answer;

/// An error report of the server.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) state: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    position: Option<i32>,
}

impl Report {
    pub(crate) fn new(answer: &Answer) -> Self {
        let field = |code| answer.field(code).map(str::to_owned);
        Self {
            state: field(b'C').unwrap_or_default(),
            message: field(b'M').unwrap_or_else(|| answer.message().to_owned()),
            details: field(b'D'),
            hint: field(b'H'),
            table: field(b't'),
            column: field(b'c'),
            constraint: field(b'n'),
            position: answer.field(b'P').and_then(|position| position.parse().ok()),
        }
    }

    /// The kind of error, by SQLSTATE. A deadlock counts as a serialization failure: for both, the transaction is run again.
    fn kind(&self) -> DatabaseErrorKind {
        match self.state.as_str() {
            "23505" => DatabaseErrorKind::UniqueViolation,
            "23503" => DatabaseErrorKind::ForeignKeyViolation,
            "40001" | "40P01" => DatabaseErrorKind::SerializationFailure,
            "25006" => DatabaseErrorKind::ReadOnlyTransaction,
            "23502" => DatabaseErrorKind::NotNullViolation,
            "23514" => DatabaseErrorKind::CheckViolation,
            "23001" => DatabaseErrorKind::RestrictViolation,
            "23P01" => DatabaseErrorKind::ExclusionViolation,
            state if state.starts_with("08") => DatabaseErrorKind::ClosedConnection,
            _ => DatabaseErrorKind::Unknown,
        }
    }

    pub(crate) fn into_error(self, is_open: bool) -> Error {
        let kind = if is_open { self.kind() } else { DatabaseErrorKind::ClosedConnection };
        Error::DatabaseError(kind, Box::new(self))
    }
}

impl DatabaseErrorInformation for Report {
    fn message(&self) -> &str {
        &self.message
    }

    fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    fn table_name(&self) -> Option<&str> {
        self.table.as_deref()
    }

    fn column_name(&self) -> Option<&str> {
        self.column.as_deref()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    fn statement_position(&self) -> Option<i32> {
        self.position
    }
}

/// An error of the connection itself.
pub(crate) fn closed(message: impl Into<String>) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(message.into()))
}
