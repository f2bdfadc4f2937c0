//! Arguments that choose the form of a result.

use clap::Args;

/// Arguments of commands that print a result.
#[derive(Debug, Args)]
pub(in super::super) struct ResultArguments {
    /// Print the result as one line of JSON
    #[arg(long)]
    pub(in super::super) json: bool,
}

/// Arguments of commands without other arguments.
#[derive(Debug, Args)]
pub(in super::super) struct OnlyResultArguments {
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
