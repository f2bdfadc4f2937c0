/// One thing to correct in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key as written in a configuration file, such as `server.bind`. Empty if the problem concerns a whole source.
    pub key: String,
    /// The environment variable of that key; `None` for tables.
    pub variable: Option<String>,
    /// The mistake and its correction. Never holds a secret.
    pub text: String,
}

impl Problem {
    /// A problem of one key; the text completes a sentence that begins with the key's name.
    pub(super) fn for_key(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.to_owned(), variable: variable(key), text: text.into() }
    }

    /// A problem of a whole source.
    pub(super) fn general(text: impl Into<String>) -> Self {
        Self { key: String::new(), variable: None, text: text.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{} ({variable}) {}", self.key, self.text),
            None if self.key.is_empty() => f.write_str(&self.text),
            None => write!(f, "{} {}", self.key, self.text),
        }
    }
}

/// The environment variable of a key: `server.bind` is `USHER__SERVER__BIND`, and `auth.issuers[0].issuer` is
/// `USHER__AUTH__ISSUERS__0__ISSUER`. Tables have none.
pub(super) fn variable(key: &str) -> Option<String> {
    let is_table = key.ends_with(']');
    let path = key.replace(['.', '['], "__").replace(']', "");
    (!is_table).then(|| format!("USHER__{}", path.to_uppercase()))
}

/// All problems of the configuration, in the order of `config/default.toml`; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblems(pub Vec<Problem>);

impl std::fmt::Display for SettingsProblems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.len() {
            1 => write!(f, "the configuration has a problem:")?,
            several => write!(f, "the configuration has {several} problems:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl std::error::Error for SettingsProblems {}
