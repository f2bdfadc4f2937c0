//! The command line: what operators do at the machine that the service runs on.
//!
//! Results go to standard output, as text or with `--json` for programs; everything else goes to standard error. Exit
//! codes: 0 it is done, 1 it was refused or failed, 2 the command or the configuration is wrong.
//!
//! To add a command: its arguments in `arguments/`, with a help text and an example, a file here that runs it, a line in
//! `run`, and a test in `tests/cli.rs`.

mod access_token;
mod account;
mod arguments;
mod environment;
mod failure;
mod health;
mod member;
mod migrate;
mod openapi;
mod output;
mod password;
mod person;
mod records;
mod server;
mod token;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser as _;

use self::{
    arguments::{
        AccessTokenCommand, AccountCommand, Arguments, Command, MemberCommand, PersonCommand, TokenCommand,
    },
    environment::Environment,
    failure::Failure,
    output::Output,
};
use crate::settings::{Mode, Settings, Sources};

/// Runs the process: its arguments, its environment, its exit code.
#[must_use]
pub fn main() -> ExitCode {
    // Arguments first: whoever asks for help gets it, whatever the environment holds.
    let done = Arguments::try_parse().map_err(Failure::from);
    match done.and_then(|arguments| run(arguments, Environment::read()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments, environment: Environment) -> Result<(), Failure> {
    let source = Configuration { file: arguments.config, environment };
    let Some(command) = arguments.command else { return server::develop(source.load(Mode::Development)?) };
    match command {
        Command::Serve(start) => server::serve(start.apply(source.load(Mode::Production)?)),
        Command::Worker(start) => server::worker(start.apply(source.load(Mode::Production)?)),
        Command::Migrate(command) => migrate::run(&source.load(Mode::Tool)?, Output::of(&command.result)),
        Command::Account(AccountCommand::Create(command)) => {
            account::create(&source.load(Mode::Tool)?, command)
        }
        Command::Account(AccountCommand::List(command)) => {
            account::list(&source.load(Mode::Tool)?, Output::of(&command.result))
        }
        // Before the settings: whether the command makes sense does not depend on them.
        Command::Member(MemberCommand::Add(command)) => {
            let grant = member::grant(&command)?;
            member::add(&source.load(Mode::Tool)?, command, grant)
        }
        Command::Person(PersonCommand::Create(command)) => person::create(&source.load(Mode::Tool)?, command),
        Command::Token(TokenCommand::Issue(command)) => token::issue(&source.load(Mode::Signing)?, &command),
        Command::AccessToken(command) => {
            let settings = source.load(Mode::Tool)?;
            match command {
                AccessTokenCommand::Create(command) => access_token::create(&settings, command),
                AccessTokenCommand::List(command) => access_token::list(&settings, &command),
                AccessTokenCommand::Revoke(command) => access_token::revoke(&settings, &command),
            }
        }
        Command::Openapi => openapi::print(),
        Command::Health(command) => {
            let output = Output::of(&command.result);
            match command.url {
                Some(url) => health::check(&url, output),
                None => health::check_own(source.load(Mode::Tool)?.server.bind, output),
            }
        }
    }
}

/// Where this process is told its settings.
struct Configuration {
    file: Option<PathBuf>,
    environment: Environment,
}

impl Configuration {
    fn load(self, mode: Mode) -> Result<Settings, Failure> {
        let file = self.file.or(self.environment.file);
        let sources = Sources { file, environment: self.environment.variables };
        Settings::load(&sources, mode).map_err(|errors| Failure::Configuration(errors.to_string()))
    }
}
