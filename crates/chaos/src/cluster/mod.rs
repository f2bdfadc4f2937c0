//! PostgreSQL servers that a scenario stops, freezes and replaces.

mod children;
mod node;

pub(crate) use node::{PostgresNode, StopMode};
