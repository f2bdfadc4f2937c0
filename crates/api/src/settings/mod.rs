//! The operator's settings. [`Settings::load`] reads and checks all of them and reports every mistake at once.
//!
//! The sources, in ascending precedence: `config/default.toml` (embedded; it lists every key with its meaning), the
//! file of `--config` or `USHER_CONFIG`, the environment (`USHER__SECTION__KEY`; `USHER__AUTH__ISSUERS__0__KEY` for the first
//! table of a list). Each secret `key` has a twin
//! `key_file` that names a file with the secret. An empty string counts as unset.
//!
//! To add a key, add a field to the struct of its section, and its line with a comment to `config/default.toml`. A test
//! compares the two.

mod auth;
mod database;
mod development;
mod issuer_rules;
mod issuers;
mod mail;
mod mode;
mod notices;
mod problem;
mod read;
mod sections;
mod server;
mod sources;
mod suggest;
#[cfg(test)]
mod tests;
mod types;

use usher_mailer::Relay;

pub use self::{
    auth::AuthSection,
    database::DatabaseSection,
    issuers::Issuer,
    mode::DeploymentMode,
    problem::{Problem, SettingsProblems},
    read::{SettingSource, ShownSetting},
    sections::{
        Acceptance, DevelopmentSection, FastlySection, InvitationSection, LandscapeSection, LimitSection,
        LogFormat, LogSection, RetentionSection, WorkerSection,
    },
    server::ServerSection,
    sources::Sources,
};
use self::{mail::MailSection, read::Reader};

/// All settings, valid.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: ServerSection,
    /// `[database]`
    pub database: DatabaseSection,
    /// `[auth]`
    pub auth: AuthSection,
    /// `[mail]`; `None` keeps mails in the development mailbox, which production does not allow.
    pub mail: Option<Relay>,
    /// `[invitations]`
    pub invitations: InvitationSection,
    /// `[limits]`
    pub limits: LimitSection,
    /// `[retention]`
    pub retention: RetentionSection,
    /// `[landscape]`
    pub landscape: LandscapeSection,
    /// `[fastly]`
    pub fastly: FastlySection,
    /// `[worker]`
    pub worker: WorkerSection,
    /// `[log]`
    pub log: LogSection,
    /// `[development]`
    pub development: DevelopmentSection,
}

impl Settings {
    /// Returns all settings of the sources with their values and origins, without secrets. Checks no value.
    pub fn show(sources: &Sources) -> Result<Vec<ShownSetting>, SettingsProblems> {
        read::shown(sources)
    }

    /// Reads, merges and checks the sources. Development mode creates the folder `development.directory`, and keeps a
    /// generated secret there if none is configured.
    ///
    /// The error holds every problem, not only the first one.
    pub fn load(sources: &Sources, mode: DeploymentMode) -> Result<Self, SettingsProblems> {
        let mut reader = Reader::new(sources)?;
        let development: DevelopmentSection = reader.section("development")?;
        if mode == DeploymentMode::Development
            && let Err(text) = development::create_directory(&development.directory)
        {
            reader.report("development.directory", text);
        }
        let server: ServerSection = reader.section("server")?;
        server.check(&mut reader, mode);
        let settings = Self {
            server,
            database: reader.section("database")?,
            auth: AuthSection::read(&mut reader, mode, &development)?,
            mail: MailSection::read(&mut reader, mode)?,
            invitations: reader.section("invitations")?,
            limits: reader.section("limits")?,
            retention: reader.section("retention")?,
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
