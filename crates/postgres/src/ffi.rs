//! Calls of libpq. The only unsafe code of Usher: other modules see safe types.
//!
//! Each handle is owned by one value and freed when it is dropped. Methods that change a connection take `&mut self`, because
//! libpq allows one thread at a time.

#![expect(unsafe_code, reason = "libpq is a C library")]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    io,
    ptr::{self, NonNull},
    slice,
    time::{Duration, Instant},
};

use pq_sys as pq;
pub(crate) use pq_sys::{ExecStatusType, PGTransactionStatusType};

/// A value of a parameter in PostgreSQL's binary format; `None` is NULL.
pub(crate) type Parameter = Option<Vec<u8>>;

/// Values are sent and received in PostgreSQL's binary format.
const BINARY: c_int = 1;

/// Why a wait for the server ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The deadline passed.
    Late,
    /// The socket cannot be waited for.
    NoSocket,
}

/// A connection of libpq, in its non-blocking mode.
pub(crate) struct Link(NonNull<pq::PGconn>);

// SAFETY: libpq keeps no state per thread, and a connection may move between threads as long as only one uses it at a time.
unsafe impl Send for Link {}

impl Link {
    /// Connects to the first server of the URL that accepts. The URL's `connect_timeout` limits each attempt.
    pub(crate) fn connect(url: &CStr) -> Result<Self, String> {
        // SAFETY: the string ends with NUL and outlives the call.
        let raw = unsafe { pq::PQconnectdb(url.as_ptr()) };
        let mut link = Self(NonNull::new(raw).ok_or("out of memory")?);
        if link.is_open() && link.set_up() { Ok(link) } else { Err(link.message()) }
    }

    /// Switches to the non-blocking mode, and drops notices instead of printing them to stderr.
    fn set_up(&mut self) -> bool {
        // SAFETY: the handle is valid, and the processor uses neither of its arguments.
        unsafe {
            pq::PQsetNoticeProcessor(self.0.as_ptr(), Some(ignore_notice), ptr::null_mut());
            pq::PQsetnonblocking(self.0.as_ptr(), 1) == 0
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        // SAFETY: the handle is valid.
        unsafe { pq::PQstatus(self.0.as_ptr()) == pq::ConnStatusType::CONNECTION_OK }
    }

    /// The message of the last error.
    pub(crate) fn message(&self) -> String {
        // SAFETY: the handle is valid. libpq returns a string that is valid until the next call.
        unsafe { text(pq::PQerrorMessage(self.0.as_ptr())) }.unwrap_or_default().trim_end().to_owned()
    }

    pub(crate) fn transaction_status(&self) -> PGTransactionStatusType {
        // SAFETY: the handle is valid.
        unsafe { pq::PQtransactionStatus(self.0.as_ptr()) }
    }

    /// Sends statements without parameters. Returns whether libpq took them.
    pub(crate) fn send(&mut self, sql: &CStr) -> bool {
        // SAFETY: the handle is valid, and the string outlives the call.
        unsafe { pq::PQsendQuery(self.0.as_ptr(), sql.as_ptr()) == 1 }
    }

    /// Sends a statement to be prepared under a name.
    pub(crate) fn send_prepare(&mut self, name: &CStr, sql: &CStr, types: &[u32]) -> bool {
        let Ok(count) = c_int::try_from(types.len()) else { return false };
        // SAFETY: the handle is valid, and strings and array outlive the call; the array has `count` elements.
        unsafe {
            let conn = self.0.as_ptr();
            pq::PQsendPrepare(conn, name.as_ptr(), sql.as_ptr(), count, types.as_ptr()) == 1
        }
    }

    /// Sends the execution of a prepared statement.
    pub(crate) fn send_prepared(&mut self, name: &CStr, parameters: &[Parameter]) -> bool {
        let Some(arrays) = Arrays::new(parameters) else { return false };
        let Arrays { count, values, lengths, formats } = &arrays;
        // SAFETY: the handle is valid, and name and arrays outlive the call; each array has `count` elements, and each
        // value as many bytes as its length says.
        unsafe {
            pq::PQsendQueryPrepared(
                self.0.as_ptr(),
                name.as_ptr(),
                *count,
                values.as_ptr(),
                lengths.as_ptr(),
                formats.as_ptr(),
                BINARY,
            ) == 1
        }
    }

    /// Sends a statement that is prepared and executed at once.
    pub(crate) fn send_once(&mut self, sql: &CStr, types: &[u32], parameters: &[Parameter]) -> bool {
        let Some(arrays) = Arrays::new(parameters).filter(|_| types.len() == parameters.len()) else {
            return false;
        };
        let Arrays { count, values, lengths, formats } = &arrays;
        // SAFETY: as above; `types` has `count` elements too.
        unsafe {
            pq::PQsendQueryParams(
                self.0.as_ptr(),
                sql.as_ptr(),
                *count,
                types.as_ptr(),
                values.as_ptr(),
                lengths.as_ptr(),
                formats.as_ptr(),
                BINARY,
            ) == 1
        }
    }

    /// The next answer to what was sent; `None` after the last one. Waits for the server until the deadline at most.
    pub(crate) fn answer(&mut self, deadline: Option<Instant>) -> Result<Option<Answer>, NoAnswer> {
        // SAFETY: the handle is valid.
        while let Some(writes) = unsafe { self.waits() } {
            self.wait(writes, deadline)?;
            // SAFETY: the handle is valid. After a failure the connection is closed, which the answer below reports.
            if unsafe { pq::PQconsumeInput(self.0.as_ptr()) } == 0 {
                break;
            }
        }
        // SAFETY: the handle is valid. The call does not wait: an answer is complete, or the connection is closed.
        Ok(NonNull::new(unsafe { pq::PQgetResult(self.0.as_ptr()) }).map(Answer))
    }

    /// Whether the next answer is incomplete, and if so, whether data is left to be sent.
    unsafe fn waits(&mut self) -> Option<bool> {
        // SAFETY: the caller's.
        let unsent = unsafe { pq::PQflush(self.0.as_ptr()) };
        // SAFETY: the caller's.
        let busy = unsafe { pq::PQisBusy(self.0.as_ptr()) } != 0;
        (unsent > 0 || (unsent == 0 && busy)).then_some(unsent > 0)
    }

    /// Waits until the socket can be read, or written if `writes`.
    fn wait(&self, writes: bool, deadline: Option<Instant>) -> Result<(), NoAnswer> {
        loop {
            let end = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => -1,
                Some(Duration::ZERO) => return Err(NoAnswer::Late),
                Some(left) => {
                    let left = i64::try_from(left.as_micros()).unwrap_or(i64::MAX);
                    // SAFETY: the function has no arguments and reads the clock.
                    unsafe { pq::PQgetCurrentTimeUSec() }.saturating_add(left)
                }
            };
            // SAFETY: the handle is valid, and libpq owns the socket.
            let ready =
                unsafe { pq::PQsocketPoll(pq::PQsocket(self.0.as_ptr()), 1, c_int::from(writes), end) };
            match ready {
                1.. => return Ok(()),
                0 => {}
                _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                _ => return Err(NoAnswer::NoSocket),
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // SAFETY: the handle is valid, and not used again.
        unsafe { pq::PQfinish(self.0.as_ptr()) }
    }
}

extern "C" fn ignore_notice(_: *mut c_void, _: *const c_char) {}

/// Parameters in the form that libpq takes. They point into the values that they were made of.
struct Arrays {
    count: c_int,
    values: Vec<*const c_char>,
    lengths: Vec<c_int>,
    formats: Vec<c_int>,
}

impl Arrays {
    /// `None` if there are too many parameters, or one is too long.
    fn new(parameters: &[Parameter]) -> Option<Self> {
        let lengths = parameters.iter().map(|value| c_int::try_from(value.as_ref().map_or(0, Vec::len)));
        let pointer = |value: &Parameter| value.as_ref().map_or(ptr::null(), |value| value.as_ptr().cast());
        Some(Self {
            count: c_int::try_from(parameters.len()).ok()?,
            values: parameters.iter().map(pointer).collect(),
            lengths: lengths.collect::<Result<_, _>>().ok()?,
            formats: vec![BINARY; parameters.len()],
        })
    }
}

/// An answer of the server: rows, the end of a command, or an error.
pub(crate) struct Answer(NonNull<pq::PGresult>);

// SAFETY: an answer belongs to no connection and no thread.
unsafe impl Send for Answer {}

impl Answer {
    pub(crate) fn status(&self) -> ExecStatusType {
        // SAFETY: the handle is valid.
        unsafe { pq::PQresultStatus(self.0.as_ptr()) }
    }

    pub(crate) fn rows(&self) -> usize {
        // SAFETY: the handle is valid.
        usize::try_from(unsafe { pq::PQntuples(self.0.as_ptr()) }).unwrap_or_default()
    }

    pub(crate) fn columns(&self) -> usize {
        // SAFETY: the handle is valid.
        usize::try_from(unsafe { pq::PQnfields(self.0.as_ptr()) }).unwrap_or_default()
    }

    /// A value in PostgreSQL's binary format. `None` for NULL, and outside of the rows and columns.
    pub(crate) fn value(&self, row: usize, column: usize) -> Option<&[u8]> {
        let within = row < self.rows() && column < self.columns();
        let (row, column) = (c_int::try_from(row).ok()?, c_int::try_from(column).ok()?);
        // SAFETY: the handle is valid, and row and column are within it: libpq returns a pointer to as many bytes as the
        // length says, valid as long as the handle.
        unsafe {
            let raw = self.0.as_ptr();
            if !within || pq::PQgetisnull(raw, row, column) == 1 {
                return None;
            }
            let length = usize::try_from(pq::PQgetlength(raw, row, column)).ok()?;
            Some(slice::from_raw_parts(pq::PQgetvalue(raw, row, column).cast(), length))
        }
    }

    /// The number of a column's type.
    pub(crate) fn type_of(&self, column: usize) -> u32 {
        // SAFETY: the handle is valid; libpq checks the column.
        c_int::try_from(column).map_or(0, |column| unsafe { pq::PQftype(self.0.as_ptr(), column) })
    }

    pub(crate) fn name(&self, column: usize) -> Option<&str> {
        let column = c_int::try_from(column).ok()?;
        // SAFETY: the handle is valid; libpq checks the column. The string is valid as long as the handle.
        unsafe { text(pq::PQfname(self.0.as_ptr(), column)) }
    }

    /// The number of rows that a command changed; 0 if it changes none.
    pub(crate) fn changed(&self) -> usize {
        // SAFETY: the handle is valid. The string is valid as long as the handle.
        unsafe { text(pq::PQcmdTuples(self.0.as_ptr())) }.and_then(|rows| rows.parse().ok()).unwrap_or(0)
    }

    /// A field of an error report, by libpq's code for it.
    pub(crate) fn field(&self, code: u8) -> Option<&str> {
        // SAFETY: the handle is valid. The string is valid as long as the handle.
        unsafe { text(pq::PQresultErrorField(self.0.as_ptr(), c_int::from(code))) }
    }

    /// The message of an error.
    pub(crate) fn message(&self) -> &str {
        // SAFETY: the handle is valid. The string is valid as long as the handle.
        unsafe { text(pq::PQresultErrorMessage(self.0.as_ptr())) }.unwrap_or_default().trim_end()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: the handle is valid, and not used again.
        unsafe { pq::PQclear(self.0.as_ptr()) }
    }
}

/// A string of libpq. `None` for a null pointer, and for other encodings than UTF-8, which the connection asks for.
///
/// # Safety
///
/// The pointer is null, or leads to a string that ends with NUL and lives as long as the result is used.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_str().ok()).flatten()
}
