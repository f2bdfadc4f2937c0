//! Requests of one operation that come at the same time, in one unit of work.
//!
//! A round trip, a transaction and a flush cost the same for one request and for many. A request that finds its operation
//! idle is a batch of its own: it waits for no company. Requests that come while a batch runs form the next one. That batch
//! begins when the one before has ended, or beside it as soon as it is as large: otherwise batches get small under load,
//! and each costs the same round trips. A request waits at most ten milliseconds for a larger batch while a runner is free.

mod batcher;
mod item;
mod queue;
mod split;

#[cfg(test)]
mod tests;

pub(crate) use batcher::{BatchWork, Batcher, runners};
pub(crate) use item::{Item, span};
pub(crate) use split::{SplitBatch, together_or_alone};
