mod examples;
mod layers;
mod mail;
mod problems;
mod reference;
mod rules;
mod secret_files;
mod shown;
mod variables;

use std::path::{Path, PathBuf};

use super::{DeploymentMode, Settings, SettingsProblems, Sources};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The folder and the sources of one test.
pub(super) struct Scenario {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Scenario {
    /// Only `development.directory` is configured.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let scenario = Self { folder, sources: Sources::default() };
        scenario.env("USHER__DEVELOPMENT__DIRECTORY", &data)
    }

    /// The settings that production requires.
    pub(super) fn production() -> Self {
        Self::new()
            .env("USHER__SERVER__PUBLIC_URL", "https://invitations.example.com")
            .env("USHER__AUTH__SECRET", SECRET)
            .env("USHER__MAIL__URL", "smtp://relay.example.com:25")
            .env("USHER__MAIL__FROM", "Example <invitations@example.com>")
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.sources.environment.remove(name);
        self
    }

    /// Writes the configuration file.
    pub(super) fn toml(mut self, text: &str) -> Self {
        self.sources.file = Some(self.write("usher.toml", text));
        self
    }

    /// Writes another file and returns its path.
    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn load(&self, mode: DeploymentMode) -> Result<Settings, SettingsProblems> {
        Settings::load(&self.sources, mode)
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    pub(super) fn load_valid(&self, mode: DeploymentMode) -> Settings {
        self.load(mode).unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// The keys with problems and the messages.
    pub(super) fn problems(&self, mode: DeploymentMode) -> Vec<(String, String)> {
        let errors = self.load(mode).expect_err("the settings were accepted");
        errors.0.into_iter().map(|problem| (problem.key.clone(), problem.to_string())).collect()
    }

    /// The message of the only problem, which must be of that key.
    pub(super) fn problem_of(&self, mode: DeploymentMode, key: &str) -> String {
        let problems = self.problems(mode);
        let [(about, text)] = problems.as_slice() else { panic!("not one problem: {problems:#?}") };
        assert_eq!(about, key, "{text}");
        text.clone()
    }
}

pub(super) fn show(path: &Path) -> String {
    path.display().to_string()
}
