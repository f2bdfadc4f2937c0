/// One thing to correct in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key as files spell it, such as `server.bind`; empty when it is not about one key.
    pub key: String,
    /// The environment variable of that key; `None` for what can only be written in a file.
    pub variable: Option<String>,
    /// What is wrong and what to write instead. Never holds a secret.
    pub text: String,
}

impl Problem {
    /// A problem of one key; its text goes on after the key's name.
    pub(super) fn of(key: &str, text: impl Into<String>) -> Self {
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

/// The environment variable that sets a key: `server.bind` is `USHER__SERVER__BIND`. Entries of lists have none.
pub(super) fn variable(key: &str) -> Option<String> {
    let plain = !key.contains('[');
    plain.then(|| format!("{}{}", super::tree::PREFIX, key.replace('.', "__").to_uppercase()))
}

/// Everything that is wrong with the configuration: never empty, in the order of `config/default.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors(pub Vec<Problem>);

impl std::fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.len() {
            1 => write!(f, "the configuration has a problem:")?,
            several => write!(f, "the configuration has {several} problems:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl std::error::Error for SettingsErrors {}
