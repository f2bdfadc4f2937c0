use std::{collections::BTreeMap, path::PathBuf};

/// The sources of settings besides the embedded defaults.
#[derive(Clone, Default)]
pub struct Sources {
    /// A TOML file like `config/default.toml`.
    pub file: Option<PathBuf>,
    /// Environment variables. Only names that begin with `USHER_` are read.
    pub environment: BTreeMap<String, String>,
}

/// Shows the names of the variables only: some values are secrets.
impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.environment.keys().collect();
        f.debug_struct("Sources").field("file", &self.file).field("environment", &names).finish()
    }
}
