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
    /// Sends requests over several connections, for a time or up to a number of requests, and reports rate and latencies.
    Drive(Box<DriveArguments>),
    /// Follows the links `next` of a list from its first page to its last, and checks that each id comes once and in order.
    Walk(WalkArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DriveArguments {
    /// Address of the server.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// Connections. Each one has one request under way.
    #[arg(long, default_value_t = 1)]
    pub(crate) connections: usize,
    /// Seconds to measure. Without it, the run ends after `--requests`.
    #[arg(long)]
    pub(crate) seconds: Option<f64>,
    /// Seconds to send before the measurement starts.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) warmup: f64,
    /// Requests to send.
    #[arg(long = "requests", value_name = "COUNT")]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) requests: RequestArguments,
}

/// The content of the requests. In templates, `{n}` stands for the number of the request, and `{nnnnnnnnnn}` for the number
/// in ten digits.
#[derive(Debug, Args)]
pub(crate) struct RequestArguments {
    /// Template of the path, with its query.
    #[arg(long, required_unless_present = "paths")]
    pub(crate) path: Option<Template>,
    /// A file with one path on each line. Each request takes a random path.
    #[arg(long, conflicts_with = "path")]
    pub(crate) paths: Option<PathBuf>,
    /// Template of a JSON body. With a body, the request is a POST.
    #[arg(long)]
    pub(crate) body: Option<Template>,
    /// First number.
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
    /// Last number.
    #[arg(long, default_value_t = 9_999_999_999)]
    pub(crate) to: u64,
    /// Takes random numbers, instead of each number once.
    #[arg(long)]
    pub(crate) any: bool,
    /// Bearer token of every request.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// Secret to sign a token for each request with.
    #[arg(long, requires = "subject")]
    pub(crate) secret: Option<String>,
    /// Template of the signed token's subject: an email address, which the token declares as verified.
    #[arg(long)]
    pub(crate) subject: Option<Template>,
}

#[derive(Debug, Args)]
pub(crate) struct WalkArguments {
    /// Address of the server.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// Path of the first page.
    #[arg(long)]
    pub(crate) path: String,
    /// Bearer token of every request.
    #[arg(long)]
    pub(crate) token: String,
    /// File for the paths of all pages, one on each line.
    #[arg(long)]
    pub(crate) links: Option<PathBuf>,
}
