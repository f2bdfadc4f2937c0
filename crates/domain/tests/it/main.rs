//! The rules, on the in-memory store: no runtime, no database.
#![cfg(test)]

mod acceptance;
mod access_tokens;
mod addresses;
mod ceiling;
mod delivery;
mod fakes;
mod idempotency;
mod inviting;
mod life_cycle;
mod links;
mod names;
mod operators;
mod resending;
mod seeing;
mod tokens;
mod write_limit;
