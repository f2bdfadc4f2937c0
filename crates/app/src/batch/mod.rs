//! Puts requests of one operation that arrive at the same time into one unit of work.
//!
//! A round trip, a transaction and a flush cost the same for one request as for many. A request that finds its
//! operation idle is a batch of its own and does not wait for other requests. Requests that arrive while a batch runs
//! form the next batch. It begins when the running batch has ended, or alongside it once it is at least as large:
//! otherwise batches get small under load, and each costs the same round trips. While a runner is free, a request waits
//! at most ten milliseconds for its batch to grow.

mod batcher;
mod item;
mod queue;
mod split;

#[cfg(test)]
mod tests;

pub(crate) use batcher::{BatchLoad, BatchWork, Batcher, runners};
pub(crate) use item::{Item, span};
pub(crate) use split::{SplitBatch, together_or_alone};
