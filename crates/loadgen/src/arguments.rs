use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::template::Template;

/// The load client of Usher's benchmarks.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Sends requests over several connections for a time, or a number of them, and tells rate and latencies.
    Drive(Box<DriveArguments>),
    /// Follows the links `next` of a list from its first page to its last, and checks that every id comes once, in order.
    Walk(WalkArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DriveArguments {
    /// Where the server listens.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    #[arg(long, default_value_t = 1)]
    pub(crate) connections: usize,
    /// How long to measure; without it, until there were as many requests as `--requests` says.
    #[arg(long)]
    pub(crate) seconds: Option<f64>,
    /// How long to send before that.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) warmup: f64,
    #[arg(long)]
    pub(crate) requests: Option<u64>,
    #[command(flatten)]
    pub(crate) what: WhatArguments,
}

/// What a request is made of. In templates `{n}` stands for the request's number and `{nnnnnnnnnn}` for its ten digits.
#[derive(Debug, Args)]
pub(crate) struct WhatArguments {
    /// The path, with its query.
    #[arg(long, required_unless_present = "paths")]
    pub(crate) path: Option<Template>,
    /// A file with a path in each line, of which each request takes any.
    #[arg(long, conflicts_with = "path")]
    pub(crate) paths: Option<PathBuf>,
    /// A JSON body, which makes the request a POST.
    #[arg(long)]
    pub(crate) body: Option<Template>,
    /// The first number.
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
    /// The last number.
    #[arg(long, default_value_t = 9_999_999_999)]
    pub(crate) to: u64,
    /// Takes any of the numbers, instead of each one once.
    #[arg(long)]
    pub(crate) any: bool,
    /// The bearer token of every request.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// The secret under which a token is signed for each request.
    #[arg(long, requires = "subject")]
    pub(crate) secret: Option<String>,
    /// Whom that token is for: an address, which it calls verified.
    #[arg(long)]
    pub(crate) subject: Option<Template>,
}

#[derive(Debug, Args)]
pub(crate) struct WalkArguments {
    /// Where the server listens.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// The first page.
    #[arg(long)]
    pub(crate) path: String,
    /// The bearer token of every request.
    #[arg(long)]
    pub(crate) token: String,
    /// A file to write the paths of all pages to, one a line.
    #[arg(long)]
    pub(crate) links: Option<PathBuf>,
}
