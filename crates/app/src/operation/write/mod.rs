//! The pipeline of all writes that an edge requests: count, identify, look for a stored response, perform, store the
//! response. A batch of requests goes through it as one unit of work; a request with an idempotency key, or one that could not
//! be understood, is a batch of one.

mod attempt;
mod types;
mod write_batch;
mod writer;

pub(crate) use types::{IdentifiedCommand, WriteOperation};
pub(crate) use writer::Writer;
