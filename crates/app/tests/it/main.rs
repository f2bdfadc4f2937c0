//! The application over the store in memory: the pipelines through the façade.

mod failures;
mod support;
mod writes;
