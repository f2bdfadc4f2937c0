//! Calls with a deadline.

use std::{
    ffi::{CStr, CString},
    time::{Duration, Instant},
};

use diesel::{QueryResult, connection::statement_cache::PrepareForCache, pg::PgTypeMetadata, result::Error};

use crate::{
    ffi::{Answer, ExecStatusType, Link, NoAnswer, PGTransactionStatusType, Parameter},
    report::{Report, closed},
};

/// Why a connection must not be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The server did not answer in time, so the state of the connection is unknown.
    Silent,
    /// The connection broke, or the server closed it.
    Closed,
    /// The server does not accept writes: it is a standby, or was the primary before a failover.
    ReadOnly,
}

/// A statement that the server knows by its name, or one that is sent whole.
pub(crate) enum Statement {
    Prepared(CString),
    Once { sql: CString, types: Vec<u32> },
}

/// A connection of libpq with the time that a call may take.
pub(crate) struct Session {
    link: Link,
    pub(crate) call_timeout: Option<Duration>,
    pub(crate) loss: Option<Loss>,
    /// Whether the server has reported a full disk.
    pub(crate) disk_full: bool,
}

impl Session {
    pub(crate) fn connect(url: &CStr, call_timeout: Option<Duration>) -> Result<Self, String> {
        Ok(Self { link: Link::connect(url)?, call_timeout, loss: None, disk_full: false })
    }

    /// The state of the transaction on the server. It is unknown while a statement has no answer.
    pub(crate) fn transaction_state(&self) -> PGTransactionStatusType {
        match self.loss {
            Some(Loss::Silent) => PGTransactionStatusType::PQTRANS_UNKNOWN,
            _ => self.link.transaction_status(),
        }
    }

    /// Runs statements without parameters, in one round trip. Returns the answer to the last one.
    pub(crate) fn batch(&mut self, sql: &str) -> QueryResult<Answer> {
        let sql = CString::new(sql)?;
        self.call(|link| link.send(&sql))
    }

    /// Prepares a statement that is kept. Any other is sent whole with each execution, so that it works behind poolers.
    pub(crate) fn prepare(
        &mut self,
        sql: &str,
        kept: PrepareForCache,
        types: &[PgTypeMetadata],
    ) -> QueryResult<Statement> {
        let sql = CString::new(sql)?;
        let types: Result<Vec<u32>, _> = types.iter().map(PgTypeMetadata::oid).collect();
        let types = types.map_err(|error| Error::SerializationError(Box::new(error)))?;
        let PrepareForCache::Yes { counter } = kept else { return Ok(Statement::Once { sql, types }) };
        let name = CString::new(format!("usher_{counter}"))?;
        self.call(|link| link.send_prepare(&name, &sql, &types))?;
        Ok(Statement::Prepared(name))
    }

    pub(crate) fn execute(&mut self, statement: &Statement, parameters: &[Parameter]) -> QueryResult<Answer> {
        self.call(|link| match statement {
            Statement::Prepared(name) => link.send_prepared(name, parameters),
            Statement::Once { sql, types } => link.send_once(sql, types, parameters),
        })
    }

    /// One round trip. After a call without an answer in time, all further calls fail at once.
    fn call(&mut self, send: impl FnOnce(&mut Link) -> bool) -> QueryResult<Answer> {
        if self.loss == Some(Loss::Silent) {
            return Err(self.no_answer());
        }
        let deadline = self.call_timeout.map(|timeout| Instant::now() + timeout);
        if !send(&mut self.link) {
            self.loss = Some(Loss::Closed);
            return Err(closed(self.link.message()));
        }
        let (mut last, mut failure) = (None, None);
        loop {
            match self.link.answer(deadline) {
                Ok(Some(answer)) => match outcome(&answer) {
                    Outcome::Done => last = Some(answer),
                    Outcome::Failed => failure = failure.or_else(|| Some(Report::new(&answer))),
                    Outcome::Copies => break self.loss = Some(Loss::Silent),
                },
                Ok(None) => break,
                Err(NoAnswer::Late) => {
                    self.loss = Some(Loss::Silent);
                    return Err(self.no_answer());
                }
                Err(NoAnswer::NoSocket) => {
                    self.loss = Some(Loss::Closed);
                    return Err(closed(self.link.message()));
                }
            }
        }
        match (failure, last) {
            (Some(report), _) => Err(self.failed(report)),
            (None, Some(answer)) => Ok(answer),
            (None, None) => Err(closed("the server sent no answer")),
        }
    }

    fn failed(&mut self, report: Report) -> Error {
        let is_open = self.link.is_open();
        match report.state.as_str() {
            _ if !is_open => self.loss = Some(Loss::Closed),
            "25006" => self.loss = Some(Loss::ReadOnly),
            "53100" => self.disk_full = true,
            _ => {}
        }
        report.into_error(is_open)
    }

    fn no_answer(&self) -> Error {
        let waited = self.call_timeout.unwrap_or_default();
        closed(format!("no answer within {waited:?}"))
    }
}

/// What an answer says about its statement.
enum Outcome {
    Done,
    Failed,
    /// The statement is a COPY, which needs other calls.
    Copies,
}

fn outcome(answer: &Answer) -> Outcome {
    match answer.status() {
        ExecStatusType::PGRES_COMMAND_OK
        | ExecStatusType::PGRES_TUPLES_OK
        | ExecStatusType::PGRES_EMPTY_QUERY => Outcome::Done,
        ExecStatusType::PGRES_COPY_IN | ExecStatusType::PGRES_COPY_OUT | ExecStatusType::PGRES_COPY_BOTH => {
            Outcome::Copies
        }
        _ => Outcome::Failed,
    }
}
