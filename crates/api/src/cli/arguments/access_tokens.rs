//! Arguments of `usher access-token`.

use std::time::Duration;

use clap::{Args, Subcommand};
use usher_domain::{
    access_token::Scope,
    account::{AccountName, PublicId},
    address::EmailAddress,
    text::DisplayText,
};

use super::{
    ResultArguments,
    values::{account_name, display_text, email, public_id, scope, term},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum AccessTokenCommand {
    /// Make a token for a program that acts for a member, and print it and nothing else; it is shown this once
    #[command(after_help = "\
Example:
  usher access-token create --account onward --email jane@example.com --name Deployment --expires 90d")]
    Create(CreateAccessTokenArguments),
    /// List the tokens of an account
    #[command(after_help = "Example:\n  usher access-token list --account onward")]
    List(ListAccessTokensArguments),
    /// Revoke a token: it opens nothing from this moment on
    #[command(
        after_help = "Example:\n  usher access-token revoke --account onward --id 2bXr7KqVn0mTz5LcWd8Yp4"
    )]
    Revoke(RevokeAccessTokenArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct CreateAccessTokenArguments {
    /// Short name of the account that the token acts in
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// Address of the member whose rights it has
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// What to call it
    #[arg(long, value_parser = display_text)]
    pub(in super::super) name: DisplayText,
    /// What it may be used for: everything that the member may do, or of that what changes nothing
    #[arg(long, value_name = "SCOPE", value_parser = scope(), default_value = Scope::Global.as_str())]
    pub(in super::super) scope: Scope,
    /// How long it is good for, such as 24h or 90d; without an end if not given
    #[arg(long, value_name = "TIME", value_parser = term)]
    pub(in super::super) expires: Option<Duration>,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct ListAccessTokensArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct RevokeAccessTokenArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// The token's id, as `usher access-token list` shows it
    #[arg(long, value_parser = public_id)]
    pub(in super::super) id: PublicId,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
