//! The server over TCP, on both databases, with a third-party SMTP server.
#![cfg(test)]

mod access_tokens;
mod both_dialects;
mod bounds;
mod cursors;
mod described;
mod failures;
mod fastly;
mod harness;
mod idempotency;
mod issuers;
mod landscape;
mod leaks;
mod links;
mod long_lists;
mod matrix;
mod processes;
mod quickstart;
mod story;
mod together;
mod worker;
