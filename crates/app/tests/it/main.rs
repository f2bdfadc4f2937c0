//! The application over the store in memory: the pipelines through the façade.
#![cfg(test)]

mod failures;
mod passwords;
mod support;
mod writes;
