//! The command line for operators.
//!
//! Results go to standard output, as text or with `--json` as JSON. Everything else goes to standard error. Exit codes: 0
//! for success, 1 for a failure, 2 for a wrong command or configuration.
//!
//! To add a command, add its arguments with a help text and an example to `arguments/`, a file here that runs it, a line
//! to `run`, and a test to `tests/cli/`.

mod access_token;
mod account;
mod arguments;
mod audit;
mod blocking_app;
mod completions;
mod config;
mod doctor;
mod environment;
mod explain;
mod failure;
mod health;
mod invitation;
mod issuer_summary;
mod mail;
mod mail_test;
mod member;
mod migrate;
mod openapi;
mod output;
mod password;
mod person;
mod server;
mod stderr;
mod token;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser as _;

use self::{
    arguments::{
        AccessTokenCommand, AccountCommand, Arguments, AuditCommand, Command, ConfigCommand,
        InvitationCommand, MemberCommand, PersonCommand, TokenCommand,
    },
    environment::Environment,
    failure::Failure,
    output::Output,
};
use crate::settings::{DeploymentMode, Settings, Sources};

/// Runs the command that the arguments and the environment of the process describe. Returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    // Arguments first, because `--help` must work with an invalid environment.
    let arguments = Arguments::try_parse().map_err(Failure::from);
    match arguments.and_then(|arguments| run(arguments, Environment::read()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments, environment: Environment) -> Result<(), Failure> {
    let configuration = Configuration { file: arguments.config, environment };
    let Some(command) = arguments.command else {
        return server::develop(configuration.load(DeploymentMode::Development)?);
    };
    match command {
        Command::Serve(start) => server::serve(start.apply(configuration.load(DeploymentMode::Production)?)),
        Command::Worker(start) => {
            server::worker(start.apply(configuration.load(DeploymentMode::Production)?))
        }
        Command::Migrate(command) => {
            migrate::run(&configuration.load(DeploymentMode::Tool)?, Output::from_arguments(&command.result))
        }
        Command::Account(AccountCommand::Create(command)) => {
            account::create(&configuration.load(DeploymentMode::Tool)?, command)
        }
        Command::Account(AccountCommand::List(command)) => {
            account::list(&configuration.load(DeploymentMode::Tool)?, Output::from_arguments(&command.result))
        }
        // Checks the arguments before it loads the settings: a usage error does not depend on them.
        Command::Member(MemberCommand::Add(command)) => {
            let grant = member::grant("add", &command.roles, &command.services)?;
            member::add(&configuration.load(DeploymentMode::Tool)?, command, grant)
        }
        Command::Member(MemberCommand::SetRoles(command)) => {
            let grant = member::grant("set-roles", &command.roles, &command.services)?;
            member::set_roles(&configuration.load(DeploymentMode::Tool)?, command, &grant)
        }
        Command::Member(MemberCommand::List(command)) => {
            member::list(&configuration.load(DeploymentMode::Tool)?, command)
        }
        Command::Member(MemberCommand::Remove(command)) => {
            member::remove(&configuration.load(DeploymentMode::Tool)?, command)
        }
        Command::Person(command) => {
            let settings = configuration.load(DeploymentMode::Tool)?;
            match command {
                PersonCommand::Create(command) => person::create(&settings, command),
                PersonCommand::SetPassword(command) => person::set_password(&settings, command),
                PersonCommand::SignOut(command) => person::sign_out(&settings, command),
                PersonCommand::Erase(command) => person::erase(&settings, command),
            }
        }
        Command::Audit(AuditCommand::List(command)) => {
            audit::list(&configuration.load(DeploymentMode::Tool)?, command)
        }
        Command::Token(TokenCommand::Issue(command)) => {
            token::issue(&configuration.load(DeploymentMode::Signing)?, &command)
        }
        Command::Token(TokenCommand::Explain(command)) => explain::token(
            &configuration.load(DeploymentMode::Signing)?,
            Output::from_arguments(&command.result),
        ),
        Command::AccessToken(command) => {
            let settings = configuration.load(DeploymentMode::Tool)?;
            match command {
                AccessTokenCommand::Create(command) => access_token::create(&settings, command),
                AccessTokenCommand::List(command) => access_token::list(&settings, &command),
                AccessTokenCommand::Revoke(command) => access_token::revoke(&settings, &command),
            }
        }
        Command::Doctor(command) => {
            doctor::run(&configuration.sources(), Output::from_arguments(&command.result))
        }
        Command::Mail(command) => mail::run(&configuration.load(DeploymentMode::Tool)?, command),
        Command::Config(ConfigCommand::Show(command)) => {
            config::show(&configuration.sources(), Output::from_arguments(&command.result))
        }
        Command::Config(ConfigCommand::Check(command)) => {
            config::check(&configuration.sources(), Output::from_arguments(&command.result))
        }
        Command::Completions(command) => completions::print(command.shell),
        Command::Invitation(command) => {
            let settings = configuration.load(DeploymentMode::Tool)?;
            match command {
                InvitationCommand::List(command) => invitation::list(&settings, command),
                InvitationCommand::Show(command) => invitation::show(&settings, command),
                InvitationCommand::Resend(command) => invitation::resend(&settings, command),
                InvitationCommand::Revoke(command) => invitation::revoke(&settings, command),
            }
        }
        Command::Openapi(command) => openapi::print(command.dialect),
        Command::Health(command) => {
            let output = Output::from_arguments(&command.result);
            match command.url {
                Some(url) => health::check(&url, output),
                None => health::check_own(configuration.load(DeploymentMode::Tool)?.server.bind, output),
            }
        }
    }
}

/// The sources of this process's settings.
struct Configuration {
    file: Option<PathBuf>,
    environment: Environment,
}

impl Configuration {
    fn load(self, mode: DeploymentMode) -> Result<Settings, Failure> {
        Settings::load(&self.sources(), mode).map_err(|errors| Failure::Configuration(errors.to_string()))
    }

    fn sources(self) -> Sources {
        let file = self.file.or(self.environment.file);
        Sources { file, environment: self.environment.variables }
    }
}
