//! Arguments of the commands that try the relay.

use clap::{Args, Subcommand};
use usher_domain::address::EmailAddress;

use super::{results::ResultArguments, values::email};

#[derive(Debug, Subcommand)]
pub(in super::super) enum MailCommand {
    /// Send a test mail through the configured relay, and show each step
    #[command(after_help = "Example:\n  usher mail test --to jane@example.com")]
    Test(TestMailArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct TestMailArguments {
    /// The address that gets the mail
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    pub(in super::super) to: EmailAddress,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
