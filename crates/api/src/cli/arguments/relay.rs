//! Arguments of `usher mail test`.

use clap::Args;
use usher_domain::address::EmailAddress;

use super::{results::ResultArguments, values::email};

#[derive(Debug, Args)]
pub(in super::super) struct TestMailArguments {
    /// The address that gets the mail
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    pub(in super::super) to: EmailAddress,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
