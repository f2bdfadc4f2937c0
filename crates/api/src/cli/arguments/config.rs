//! Arguments of the commands for the settings, and of `usher completions`.

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::results::OnlyResultArguments;

#[derive(Debug, Subcommand)]
pub(in super::super) enum ConfigCommand {
    /// Show all settings with their sources, without secrets
    #[command(after_help = "Example:\n  usher config show --config /etc/usher/production.toml")]
    Show(OnlyResultArguments),
    /// Check the settings as `usher serve` does, and list all mistakes
    #[command(after_help = "Example:\n  usher config check --config /etc/usher/production.toml")]
    Check(OnlyResultArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct CompletionsArguments {
    /// The shell
    pub(in super::super) shell: Shell,
}
