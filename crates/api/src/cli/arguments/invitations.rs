//! Arguments of `usher invitation`.

use clap::{Args, Subcommand};
use usher_domain::{account::AccountName, invitation::InvitationRef, invitation::Status};

use super::{
    results::ResultArguments,
    values::{account_name, invitation_ref, status},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum InvitationCommand {
    /// List invitations of an account in any status, the newest first
    #[command(after_help = "\
Examples:
  usher invitation list --account onward --status pending
  usher invitation list --account onward --limit 500 --before 2bXr7KqVn0mTz5LcWd8Yp4 --json")]
    List(ListInvitationsArguments),
    /// Show an invitation with its sponsor and its newest mail; never shows the link
    #[command(after_help = "Example:\n  usher invitation show --account onward --id 2bXr7KqVn0mTz5LcWd8Yp4")]
    Show(NamedInvitationArguments),
    /// Renew a pending or expired invitation and send its mail again; links in older mails stop working
    #[command(
        after_help = "Example:\n  usher invitation resend --account onward --id 2bXr7KqVn0mTz5LcWd8Yp4"
    )]
    Resend(NamedInvitationArguments),
    /// Revoke a pending or expired invitation: its link stops working
    #[command(
        after_help = "Example:\n  usher invitation revoke --account onward --id 2bXr7KqVn0mTz5LcWd8Yp4"
    )]
    Revoke(NamedInvitationArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct ListInvitationsArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// List only invitations of this status
    #[arg(long, value_name = "STATUS", value_parser = status())]
    pub(in super::super) status: Option<Status>,
    /// List at most this many invitations
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000), default_value = "100")]
    pub(in super::super) limit: u32,
    /// List only invitations older than this one: the last id of the previous list
    #[arg(long, value_name = "ID", value_parser = invitation_ref)]
    pub(in super::super) before: Option<InvitationRef>,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct NamedInvitationArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// Id of the invitation, from `usher invitation list`, or its number in Landscape's dialect
    #[arg(long, value_parser = invitation_ref)]
    pub(in super::super) id: InvitationRef,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
