//! Tests of the rules on the in-memory store, without runtime and database.
#![cfg(test)]

mod acceptance;
mod access_tokens;
mod addresses;
mod bindings;
mod ceiling;
mod compromise;
mod delivery;
mod fakes;
mod idempotency;
mod inviting;
mod life_cycle;
mod links;
mod locales;
mod mail_limits;
mod mails;
mod names;
mod operated;
mod operators;
mod resending;
mod sign_ins;
mod sweeping;
mod tokens;
mod viewing;
mod write_limit;
