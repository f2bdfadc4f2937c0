//! The rules, on the in-memory store: no runtime, no database.
#![cfg(test)]

mod acceptance;
mod access_tokens;
mod addresses;
mod ceiling;
mod delivery;
mod idempotency;
mod inviting;
mod life_cycle;
mod links;
mod locales;
mod names;
mod operators;
mod resending;
mod seeing;
mod tokens;
mod world;
mod write_limit;
