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
    results::ResultArguments,
    values::{access_token_lifetime, account_name, display_text, email, public_id, scope},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum AccessTokenCommand {
    /// Create a token for a program that acts for a member; prints only the token, and only this once
    #[command(after_help = "\
Example:
  usher access-token create --account onward --email jane@example.com --name Deployment --expires 90d")]
    Create(CreateAccessTokenArguments),
    /// List the tokens of an account
    #[command(after_help = "Example:\n  usher access-token list --account onward")]
    List(ListAccessTokensArguments),
    /// Revoke a token: requests with it fail from now on
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
    /// Address of the member whose permissions the token has
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// Name of the token
    #[arg(long, value_parser = display_text)]
    pub(in super::super) name: DisplayText,
    /// Scope of the token: all of the member's permissions, or read-only
    #[arg(long, value_name = "SCOPE", value_parser = scope(), default_value = Scope::Global.as_str())]
    pub(in super::super) scope: Scope,
    /// Lifetime of the token, such as 24h or 90d; default: no expiry
    #[arg(long, value_name = "TIME", value_parser = access_token_lifetime)]
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
    /// Id of the token, from `usher access-token list`
    #[arg(long, value_parser = public_id)]
    pub(in super::super) id: PublicId,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
