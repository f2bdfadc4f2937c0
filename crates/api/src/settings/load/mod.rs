//! From the sources to the settings, one file for each section.

mod auth;
mod database;
mod issuers;
mod mail;
mod sender;
mod server;
mod smaller;

use std::{collections::BTreeMap, path::PathBuf};

use super::{Development, Settings, SettingsErrors, reader::Reader, tree::Tree};

/// Where settings come from, besides the embedded defaults.
#[derive(Clone, Default)]
pub struct Sources {
    /// A TOML file like `config/default.toml`.
    pub file: Option<PathBuf>,
    /// Environment variables; those that do not begin with `USHER__` are not looked at.
    pub environment: BTreeMap<String, String>,
}

/// Shows the names of the variables only: some of the values are secrets.
impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.environment.keys().collect();
        f.debug_struct("Sources").field("file", &self.file).field("environment", &names).finish()
    }
}

/// What the settings are for: it decides what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `usher` alone: nothing needs to be configured, and nothing is reached from outside of this machine.
    Development,
    /// `usher serve` and `usher worker`: secret, public URL and mail relay must be configured.
    Production,
    /// Commands that sign: the secret must be configured, or kept by development mode.
    Signing,
    /// Commands on the database alone. Without a configured secret they get one that nobody else ever knows.
    Tool,
}

impl Settings {
    /// Reads, merges and checks the sources. In development mode this makes the folder `development.directory`, and where
    /// no secret is configured, one that it keeps there.
    ///
    /// The error holds every problem, not the first one.
    pub fn load(sources: &Sources, mode: Mode) -> Result<Self, SettingsErrors> {
        let tree = Tree::merge(sources).map_err(|problem| SettingsErrors(vec![problem]))?;
        let reader = Reader::new(tree);
        let settings = read(&reader, mode);
        reader.finish(sources.environment.keys())?;
        Ok(settings)
    }
}

/// Every section, in the order of `config/default.toml`: so are the problems.
pub(super) fn read(r: &Reader, mode: Mode) -> Settings {
    let development = development(r, mode);
    Settings {
        server: server::read(r, mode),
        database: database::read(r),
        auth: auth::read(r, mode, &development),
        mail: mail::read(r, mode),
        invitations: smaller::invitations(r),
        limits: smaller::limits(r),
        landscape: smaller::landscape(r),
        fastly: smaller::fastly(r),
        worker: smaller::worker(r),
        log: smaller::log(r),
        development,
    }
}

fn development(r: &Reader, mode: Mode) -> Development {
    let key = "development.directory";
    let directory = r.path(key).unwrap_or_default();
    if mode == Mode::Development
        && let Err(fault) = super::development::make(&directory)
    {
        r.refuse(key, fault);
    }
    Development { directory }
}
