//! Arguments of `usher openapi`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(in super::super) struct OpenapiArguments {
    /// The dialect to describe
    #[arg(default_value = "fastly")]
    pub(in super::super) dialect: Dialect,
}

/// A dialect that has an OpenAPI document.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in super::super) enum Dialect {
    /// Fastly's API
    Fastly,
    /// Canonical Landscape's API
    Landscape,
}
