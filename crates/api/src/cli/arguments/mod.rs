//! Arguments and their help.

mod access_tokens;
mod accounts;
mod audit;
mod config;
mod invitations;
mod mails;
mod openapi;
mod relay;
mod results;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(super) use self::access_tokens::{
    AccessTokenCommand, CreateAccessTokenArguments, ListAccessTokensArguments, RevokeAccessTokenArguments,
};
pub(super) use self::accounts::{
    AccountCommand, AddMemberArguments, CreateAccountArguments, CreatePersonArguments, ErasePersonArguments,
    IssueTokenArguments, ListMembersArguments, MemberCommand, NamedMemberArguments, PersonCommand,
    RemoveMemberArguments, SetPasswordArguments, SetRolesArguments, SignOutArguments, TokenCommand,
};
pub(super) use self::audit::{AuditCommand, ListAuditArguments};
pub(super) use self::config::{CompletionsArguments, ConfigCommand};
pub(super) use self::invitations::{InvitationCommand, ListInvitationsArguments, NamedInvitationArguments};
pub(super) use self::mails::{
    ListMailsArguments, MailCommand, MailboxArguments, RetryMailsArguments, ShowMailArguments,
};
pub(super) use self::openapi::{Dialect, OpenapiArguments};
pub(super) use self::relay::TestMailArguments;
use self::results::OnlyResultArguments;
pub(super) use self::results::ResultArguments;
pub(super) use self::values::HealthUrl;
use self::values::health_url;
use crate::settings::Settings;

/// A self-hosted invitations service.
///
/// Without a command it starts in development mode: on this machine only, with an embedded database
/// under ./data, an example account, and a mailbox for its mails. No configuration is necessary.
#[derive(Debug, Parser)]
#[command(verbatim_doc_comment, name = "usher", version = env!("USHER_VERSION"), after_help = AFTER_HELP)]
pub(super) struct Arguments {
    #[arg(long, global = true, value_name = "FILE", help = CONFIG_HELP)]
    pub(super) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const CONFIG_HELP: &str =
    "Configuration file (TOML); also USHER_CONFIG. Variables such as USHER__SERVER__BIND override it";

const AFTER_HELP: &str = "\
Exit codes: 0 success, 1 failure, 2 wrong command or configuration.

Example: the first account of a new installation, its administrator, and a token for the API
  usher migrate
  usher account create --name onward --title 'Onward, Inc.'
  usher member add --account onward --email jane@example.com --name 'Jane Smith' --role GlobalAdmin
  usher token issue --account onward --email jane@example.com";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API and the pages; the worker runs inside unless worker.enabled is false
    #[command(after_help = "Example:\n  usher serve --config /etc/usher/production.toml")]
    Serve(StartArguments),
    /// Deliver mails and record expiry without a server; any number of workers can run
    #[command(after_help = "Example:\n  usher worker --config /etc/usher/production.toml")]
    Worker(StartArguments),
    /// Apply pending migrations to the database; creates the file of a SQLite database
    #[command(
        after_help = "Example:\n  USHER__DATABASE__URL=postgres://owner@db.example.com/usher usher migrate"
    )]
    Migrate(OnlyResultArguments),
    /// Create and list accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Add, list, change and remove members of accounts
    #[command(subcommand)]
    Member(MemberCommand),
    /// Create people, set passwords, end tokens, erase people
    #[command(subcommand)]
    Person(PersonCommand),
    /// Issue and explain tokens for the API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Create, list and revoke access tokens for programs (Fastly-Key)
    #[command(subcommand)]
    AccessToken(AccessTokenCommand),
    /// Check the settings, database, clock, mail relay, key sets and public URL; sends no mail
    #[command(after_help = "Example:\n  usher doctor --config /etc/usher/production.toml")]
    Doctor(OnlyResultArguments),
    /// Try the relay, list and retry mails, and block mailboxes
    #[command(subcommand)]
    Mail(MailCommand),
    /// Show and check the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the script that completes commands in a shell
    #[command(after_help = "Example:\n  usher completions bash > /etc/bash_completion.d/usher")]
    Completions(CompletionsArguments),
    /// List, show, resend and revoke invitations
    #[command(subcommand)]
    Invitation(InvitationCommand),
    /// Read the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print the OpenAPI document of a dialect
    #[command(after_help = "Example:\n  usher openapi landscape > landscape.openapi.json")]
    Openapi(OpenapiArguments),
    /// Ask a running server whether it is ready: exit code 0 if it is, 1 if not
    #[command(after_help = "Example, for a container's health check:\n  usher health")]
    Health(HealthArguments),
}

/// Arguments of `serve` and `worker`.
#[derive(Debug, Args)]
pub(super) struct StartArguments {
    /// Do not apply pending migrations; do not start with pending ones. Same as database.migrate = false
    #[arg(long)]
    no_migrate: bool,
}

impl StartArguments {
    /// Returns the settings with the changes of the arguments.
    pub(super) fn apply(&self, mut settings: Settings) -> Settings {
        settings.database.migrate &= !self.no_migrate;
        settings
    }
}

#[derive(Debug, Args)]
pub(super) struct HealthArguments {
    /// Ask this server instead of the one at the configured server.bind
    #[arg(long, value_parser = health_url)]
    pub(super) url: Option<HealthUrl>,
    #[command(flatten)]
    pub(super) result: ResultArguments,
}

#[cfg(test)]
mod tests;
