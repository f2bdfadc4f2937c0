//! The one pipeline of everything that changes something: count, identify, look for a stored answer, perform, store the
//! answer. A batch of requests goes through it as one unit of work; a request with an idempotency key, or one that could not
//! be understood, is a batch of one.

mod attempt;
mod types;
mod write_batch;
mod writer;

pub(crate) use types::{Request, WriteOperation};
pub(crate) use writer::Writer;
