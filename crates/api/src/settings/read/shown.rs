//! The settings as they were given, for the operator.

use config::{Value, ValueKind};
use url::Url;

use super::layers::{Layers, is_from_environment};
use crate::settings::{Sources, problem::SettingsProblems, problem::variable};

/// The source of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// `config/default.toml`.
    Default,
    /// The configuration file.
    File,
    /// This environment variable.
    Variable(String),
}

impl std::fmt::Display for SettingSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File => f.write_str("file"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// A setting with its source. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSetting {
    /// The name, such as `server.bind` or `auth.issuers[0].issuer`.
    pub key: String,
    /// The value as in TOML. A secret is `"…"`.
    pub value: String,
    /// Where the value comes from.
    pub source: SettingSource,
}

/// Returns all settings, in the order of `config/default.toml`. Issuers follow the other keys of their section.
pub(in crate::settings) fn shown(sources: &Sources) -> Result<Vec<ShownSetting>, SettingsProblems> {
    let layers = Layers::read(sources).map_err(|problem| SettingsProblems(vec![problem]))?;
    let section = |key: &str| key.split('.').next().map(str::to_owned);
    let mut shown = Vec::new();
    for (index, key) in layers.known.iter().enumerate() {
        shown.extend(known(&layers, key));
        if layers.known.get(index + 1).and_then(|next| section(next)) != section(key) {
            let is_other = |given: &&String| section(given) == section(key) && !layers.known.contains(given);
            let others = layers.given.keys().filter(is_other);
            shown.extend(others.filter_map(|other| setting(&layers, other, layers.given.get(other)?)));
        }
    }
    Ok(shown)
}

/// A key of `config/default.toml`. An unset `_file` twin is left out.
fn known(layers: &Layers, key: &str) -> Option<ShownSetting> {
    let given = layers.given.get(key);
    let is_twin =
        key.strip_suffix("_file").is_some_and(|twin| layers.known.iter().any(|known| known == twin));
    match given {
        None if is_twin => None,
        None => setting(layers, key, layers.defaults.get(key)?),
        Some(value) => setting(layers, key, value),
    }
}

fn setting(layers: &Layers, key: &str, value: &Value) -> Option<ShownSetting> {
    let source = match layers.given.contains_key(key) {
        false => SettingSource::Default,
        true if is_from_environment(value) => SettingSource::Variable(variable(key)?),
        true => SettingSource::File,
    };
    // Every secret has a twin that names a file. The relay's URL can hold a login.
    let is_secret = key == "mail.url" || layers.known.contains(&format!("{key}_file"));
    Some(ShownSetting { key: key.to_owned(), value: text(value, is_secret), source })
}

fn text(value: &Value, is_secret: bool) -> String {
    match &value.kind {
        ValueKind::String(text) => quoted(&without_secrets(text, is_secret)),
        ValueKind::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| text(item, is_secret)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text without secrets: a URL without login and query, and nothing of a secret that is not a URL.
fn without_secrets(text: &str, is_secret: bool) -> String {
    let url = Url::parse(text).ok().filter(Url::has_host);
    match url {
        _ if text.is_empty() || text.starts_with("sqlite:") => text.to_owned(),
        Some(url) if is_secret || url.query().is_some() => {
            let login = if url.username().is_empty() && url.password().is_none() { "" } else { "…@" };
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let query = if url.query().is_some() { "?…" } else { "" };
            format!(
                "{}://{login}{}{port}{}{query}",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                url.path()
            )
        }
        _ if is_secret => "…".to_owned(),
        _ => text.to_owned(),
    }
}
