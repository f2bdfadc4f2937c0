//! Arguments of `usher audit`.

use clap::{Args, Subcommand};
use usher_domain::{account::AccountName, address::EmailAddress};

use super::{
    results::ResultArguments,
    values::{account_name, email},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum AuditCommand {
    /// List the newest entries of the audit log of an account or a person
    #[command(after_help = AUDIT_LIST_EXAMPLES)]
    List(ListAuditArguments),
}

const AUDIT_LIST_EXAMPLES: &str = "\
Examples:
  usher audit list --account onward
  usher audit list --email eve@example.com --limit 1000 --json";

#[derive(Debug, Args)]
pub(in super::super) struct ListAuditArguments {
    /// Short name of an account
    #[arg(long, value_parser = account_name, required_unless_present = "email", conflicts_with = "email")]
    pub(in super::super) account: Option<AccountName>,
    /// Address of a person: what the person did and what happened to the person, in every account
    #[arg(long, value_parser = email)]
    pub(in super::super) email: Option<EmailAddress>,
    /// Maximum number of entries
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(in super::super) limit: u32,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
