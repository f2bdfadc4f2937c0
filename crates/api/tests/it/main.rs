//! The server over TCP, on both databases, with a third-party SMTP server.
#![cfg(test)]

mod access_tokens;
mod alerts;
mod both_dialects;
mod bounds;
mod connections;
mod cursors;
mod database_clock;
mod described;
mod failures;
mod fastly;
mod frozen_database;
mod harness;
mod idempotency;
mod issuers;
mod landscape;
mod leaks;
mod link_lookups;
mod links;
mod logs;
mod long_lists;
mod matrix;
mod metrics;
mod password_memory;
mod processes;
mod quickstart;
mod rotation;
mod shutdown;
mod story;
mod together;
mod worker;
