//! Settings of the operator. [`Settings::load`] reads and checks all of them and reports every mistake at once.
//!
//! The sources, in ascending precedence: `config/default.toml` (embedded; it lists every key with its meaning), the file
//! of `--config` or `USHER_CONFIG`, the environment (`USHER__SECTION__KEY`). Each secret `key` has a twin `key_file` that
//! names a file with the secret. An empty text counts as unset.
//!
//! To add a key, add a field to the struct of its section, and its line with a comment to `config/default.toml`. A test
//! compares the two.

mod auth;
mod database;
mod development;
mod issuers;
mod mail;
mod notices;
mod problem;
mod read;
mod sections;
mod server;
mod suggest;
#[cfg(test)]
mod tests;
mod types;

use std::{collections::BTreeMap, path::PathBuf};

use usher_mailer::Relay;

pub use self::{
    auth::Auth,
    database::Database,
    issuers::Issuer,
    problem::{Problem, SettingsErrors},
    sections::{Acceptance, Development, Fastly, Invitations, Landscape, Limits, Log, LogFormat, Worker},
    server::Server,
};
use self::{mail::Mail, read::Reader};

/// All settings, valid.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: Server,
    /// `[database]`
    pub database: Database,
    /// `[auth]`
    pub auth: Auth,
    /// `[mail]`; `None` keeps mails in the development mailbox, which production does not allow.
    pub mail: Option<Relay>,
    /// `[invitations]`
    pub invitations: Invitations,
    /// `[limits]`
    pub limits: Limits,
    /// `[landscape]`
    pub landscape: Landscape,
    /// `[fastly]`
    pub fastly: Fastly,
    /// `[worker]`
    pub worker: Worker,
    /// `[log]`
    pub log: Log,
    /// `[development]`
    pub development: Development,
}

/// The sources of settings besides the embedded defaults.
#[derive(Clone, Default)]
pub struct Sources {
    /// A TOML file like `config/default.toml`.
    pub file: Option<PathBuf>,
    /// Environment variables. Only names that begin with `USHER_` matter.
    pub environment: BTreeMap<String, String>,
}

/// Shows the names of the variables only: some values are secrets.
impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.environment.keys().collect();
        f.debug_struct("Sources").field("file", &self.file).field("environment", &names).finish()
    }
}

/// The use of the settings. It decides which ones are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `usher` alone: nothing is required, and only this machine can reach the server.
    Development,
    /// `usher serve` and `usher worker`: secret, public URL and mail relay are required.
    Production,
    /// Commands that sign: the secret is required, or the one that development mode keeps.
    Signing,
    /// Commands that only need the database. Without a configured secret they use a random one.
    Tool,
}

impl Settings {
    /// Reads, merges and checks the sources. Development mode creates the folder `development.directory`, and keeps a
    /// generated secret there if none is configured.
    ///
    /// The error holds every problem, not only the first one.
    pub fn load(sources: &Sources, mode: Mode) -> Result<Self, SettingsErrors> {
        let mut reader = Reader::new(sources)?;
        let development: Development = reader.section("development")?;
        if mode == Mode::Development
            && let Err(text) = development::create_directory(&development.directory)
        {
            reader.report("development.directory", text);
        }
        let server: Server = reader.section("server")?;
        server.check(&mut reader, mode);
        let settings = Self {
            server,
            database: reader.section("database")?,
            auth: Auth::read(&mut reader, mode, &development)?,
            mail: Mail::read(&mut reader, mode)?,
            invitations: reader.section("invitations")?,
            limits: reader.section("limits")?,
            landscape: reader.section("landscape")?,
            fastly: reader.section("fastly")?,
            worker: reader.section("worker")?,
            log: reader.section("log")?,
            development,
        };
        reader.finish(sources.environment.keys())?;
        Ok(settings)
    }
}
