//! Arguments of `usher mail`.

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use usher_domain::{
    account::{AccountName, PublicId},
    address::EmailAddress,
    outbox::MailState,
};

use super::{
    relay::TestMailArguments,
    results::{OnlyResultArguments, ResultArguments},
    values::{account_name, email, public_id},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum MailCommand {
    /// Send a test mail through the configured relay, and show each step
    #[command(after_help = "Example:\n  usher mail test --to jane@example.com")]
    Test(TestMailArguments),
    /// List mails, the newest first
    #[command(after_help = "\
Examples:
  usher mail list --state dead
  usher mail list --account onward --limit 20 --json")]
    List(ListMailsArguments),
    /// Show one mail, with the reason of its last failure
    #[command(after_help = "Example:\n  usher mail show 06Xr7KqVn0mTz5LcWd8Yp4")]
    Show(ShowMailArguments),
    /// Queue dead mails again; mails of ended invitations are not sent
    #[command(after_help = "\
Examples:
  usher mail retry 06Xr7KqVn0mTz5LcWd8Yp4
  usher mail retry --account onward
  usher mail retry --all")]
    Retry(RetryMailsArguments),
    /// Block a mailbox, as its owner wishes: no account can invite it any more
    #[command(after_help = "Example:\n  usher mail block --email joe@example.com")]
    Block(MailboxArguments),
    /// End the block of a mailbox
    #[command(after_help = "Example:\n  usher mail unblock --email joe@example.com")]
    Unblock(MailboxArguments),
    /// List the blocked mailboxes
    #[command(after_help = "Example:\n  usher mail blocked --json")]
    Blocked(OnlyResultArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct ListMailsArguments {
    /// Only mails in this state
    #[arg(long, value_name = "STATE", value_parser = state())]
    pub(in super::super) state: Option<MailState>,
    /// Only mails of the account with this short name
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: Option<AccountName>,
    /// Most mails
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(in super::super) limit: u32,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct ShowMailArguments {
    /// Reference of the mail, from `usher mail list` or the log
    #[arg(value_parser = public_id)]
    pub(in super::super) reference: PublicId,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["reference", "account", "all"]))]
pub(in super::super) struct RetryMailsArguments {
    /// Reference of one dead mail
    #[arg(value_parser = public_id)]
    pub(in super::super) reference: Option<PublicId>,
    /// All dead mails of the account with this short name
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: Option<AccountName>,
    /// All dead mails
    #[arg(long)]
    pub(in super::super) all: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct MailboxArguments {
    /// An address of the mailbox
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

fn state() -> impl TypedValueParser<Value = MailState> {
    PossibleValuesParser::new(MailState::EVERY.map(MailState::as_str))
        .try_map(|name| MailState::parse(&name).ok_or("is not a state"))
}
