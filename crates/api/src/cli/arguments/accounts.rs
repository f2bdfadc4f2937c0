//! Arguments of the commands for accounts, members and people.

use std::time::Duration;

use clap::{Args, Subcommand};
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    role::{RoleName, ServiceGrant},
    text::DisplayText,
};

use super::{
    results::{OnlyResultArguments, ResultArguments},
    values::{account_name, display_text, email, jwt_lifetime, role, service},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum AccountCommand {
    /// Create an account
    #[command(after_help = "Example:\n  usher account create --name onward --title 'Onward, Inc.'")]
    Create(CreateAccountArguments),
    /// List all accounts
    #[command(after_help = "Example:\n  usher account list --json")]
    List(OnlyResultArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct CreateAccountArguments {
    /// Short name, which tokens refer to: lower-case letters, digits and hyphens
    #[arg(long, value_parser = account_name)]
    pub(in super::super) name: AccountName,
    /// Name for people, in mails and on pages
    #[arg(long, value_parser = display_text)]
    pub(in super::super) title: DisplayText,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum MemberCommand {
    /// Add a person to an account; creates the person if the address is new
    #[command(override_usage = ADD_MEMBER_USAGE, after_help = ADD_MEMBER_EXAMPLES)]
    Add(AddMemberArguments),
    /// List the members of an account with their roles
    #[command(after_help = "Example:\n  usher member list --account onward")]
    List(ListMembersArguments),
    /// Replace the roles and services of a member
    #[command(override_usage = SET_ROLES_USAGE, after_help = SET_ROLES_EXAMPLE)]
    SetRoles(SetRolesArguments),
    /// End a membership, its access tokens, and the tokens that were issued to the person until now
    #[command(after_help = "Example:\n  usher member remove --account onward --email eve@example.com")]
    Remove(RemoveMemberArguments),
}

// Explicit, because clap does not know that `--role` is required: its own message would not list the roles.
const ADD_MEMBER_USAGE: &str =
    "usher member add [OPTIONS] --account <ACCOUNT> --email <EMAIL> --role <ROLE>...";

const SET_ROLES_USAGE: &str =
    "usher member set-roles [OPTIONS] --account <ACCOUNT> --email <EMAIL> --role <ROLE>...";

const SET_ROLES_EXAMPLE: &str =
    "Example:\n  usher member set-roles --account onward --email eve@example.com --role Auditor";

const ADD_MEMBER_EXAMPLES: &str = "\
Examples:
  usher member add --account onward --email jane@example.com --name 'Jane Smith' --role GlobalAdmin
  usher member add --account onward --email ted@example.com --name Ted --role engineer \\
      --service 3xRlV0Y1=purge_all --password-stdin < password.txt";

const SERVICE_HELP: &str = "Limits the member to services, with full, read_only, purge_select or purge_all on each; can be \
                            repeated";

#[derive(Debug, Args)]
pub(in super::super) struct AddMemberArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// The person's address; you confirm that it belongs to the person
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// The person's name; required for a new person
    #[arg(long, value_parser = display_text)]
    pub(in super::super) name: Option<DisplayText>,
    /// A role of the member; can be repeated, at least once
    #[arg(long = "role", value_name = "ROLE", value_parser = role())]
    pub(in super::super) roles: Vec<RoleName>,
    #[arg(long = "service", value_name = "ID=PERMISSION", value_parser = service, help = SERVICE_HELP)]
    pub(in super::super) services: Vec<ServiceGrant>,
    /// Read the person's password from standard input: one line. It replaces the old one
    #[arg(long)]
    pub(in super::super) password_stdin: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct ListMembersArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

/// A member of an account.
#[derive(Debug, Args)]
pub(in super::super) struct NamedMemberArguments {
    /// Short name of the account
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// Address of the member
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
}

#[derive(Debug, Args)]
pub(in super::super) struct SetRolesArguments {
    #[command(flatten)]
    pub(in super::super) member: NamedMemberArguments,
    /// A role of the member from now on; can be repeated, at least once
    #[arg(long = "role", value_name = "ROLE", value_parser = role())]
    pub(in super::super) roles: Vec<RoleName>,
    #[arg(long = "service", value_name = "ID=PERMISSION", value_parser = service, help = SERVICE_HELP)]
    pub(in super::super) services: Vec<ServiceGrant>,
    /// Do it even if the account is left without an administrator
    #[arg(long)]
    pub(in super::super) force: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct RemoveMemberArguments {
    #[command(flatten)]
    pub(in super::super) member: NamedMemberArguments,
    /// Do it even if the account is left without an administrator
    #[arg(long)]
    pub(in super::super) force: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum PersonCommand {
    /// Create a person without an account, who can accept invitations
    #[command(
        after_help = "Example:\n  usher person create --email joe@example.com --name 'Joe Wright' --password-stdin"
    )]
    Create(CreatePersonArguments),
    /// Set a person's password and end every token of the person
    #[command(
        after_help = "Example:\n  usher person set-password --email joe@example.com --password-stdin < password.txt"
    )]
    SetPassword(SetPasswordArguments),
    /// End every token of a person, and all access tokens
    #[command(after_help = "Example:\n  usher person sign-out --email eve@example.com")]
    SignOut(SignOutArguments),
    /// Delete a person with all memberships, and the invitations to the address. This cannot be undone
    #[command(after_help = "Example:\n  usher person erase --email eve@example.com")]
    Erase(ErasePersonArguments),
}

#[derive(Debug, Args)]
pub(in super::super) struct SetPasswordArguments {
    /// The person's address
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// Read the password from standard input: one line
    #[arg(long, required = true)]
    pub(in super::super) password_stdin: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct SignOutArguments {
    /// The person's address
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct ErasePersonArguments {
    /// The person's address
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// Do it even if an account is left without an administrator
    #[arg(long)]
    pub(in super::super) force: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Args)]
pub(in super::super) struct CreatePersonArguments {
    /// The person's address; you confirm that it belongs to the person
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    /// The person's name
    #[arg(long, value_parser = display_text)]
    pub(in super::super) name: DisplayText,
    /// Read the person's password from standard input: one line
    #[arg(long)]
    pub(in super::super) password_stdin: bool,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum TokenCommand {
    /// Issue a token for a member's calls of the API; prints only the token
    #[command(
        after_help = "Example:\n  JWT=$(usher token issue --account onward --email jane@example.com --expires 1h)"
    )]
    Issue(IssueTokenArguments),
    /// Say why the server would refuse a token, or whom it acts for: reads the token from standard input, and does not print
    /// it. Exit code 0 if it would be accepted, 1 if not
    #[command(after_help = "Example:\n  usher token explain < token.txt")]
    Explain(OnlyResultArguments),
}

const EXPIRES_HELP: &str = "Lifetime of the token, such as 90s, 24h or 30d; default: auth.token_lifetime";

#[derive(Debug, Args)]
pub(in super::super) struct IssueTokenArguments {
    /// Short name of the account that the token acts in
    #[arg(long, value_parser = account_name)]
    pub(in super::super) account: AccountName,
    /// Address of the member
    #[arg(long, value_parser = email)]
    pub(in super::super) email: EmailAddress,
    #[arg(long, value_name = "TIME", value_parser = jwt_lifetime, help = EXPIRES_HELP)]
    pub(in super::super) expires: Option<Duration>,
    #[command(flatten)]
    pub(in super::super) result: ResultArguments,
}
