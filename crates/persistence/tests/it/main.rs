//! Tests of the store on both databases, each test with its own database.

#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod contract;
mod copies;
mod corruption;
mod counting;
mod expiries;
mod frozen;
mod hot_updates;
mod idempotency;
mod last_administrator;
mod migrations;
mod opening;
mod outages;
mod queue_entries;
mod races;
mod readiness;
mod scene;
mod statements;
mod support;
