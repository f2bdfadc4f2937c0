use std::{collections::BTreeSet, path::PathBuf};

use serde::Deserialize;
use url::Url;
use usher_auth::is_loopback;

use super::{DeploymentMode, read::Reader, types::web_url};

/// The name of the tables.
pub(super) const TABLES: &str = "auth.issuers";

/// `[[auth.issuers]]`: another service whose tokens are accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// `iss`, required.
    #[serde(default)]
    pub issuer: String,
    /// `aud`, required if set.
    #[serde(default)]
    pub audience: Option<String>,
    /// The URL of its keys; unset if they are in files.
    #[serde(default, deserialize_with = "web_url")]
    pub jwks_url: Option<Url>,
    /// Public keys as PEM files.
    #[serde(default)]
    pub key_files: Vec<PathBuf>,
    /// The claim of the e-mail address.
    #[serde(default = "email")]
    pub email_claim: String,
    /// The claim that says whether the address is verified.
    #[serde(default = "email_verified")]
    pub email_verified_claim: String,
    /// The claim of the account's name.
    #[serde(default = "account")]
    pub account_claim: String,
    /// The claim of the person's name.
    #[serde(default = "name")]
    pub name_claim: String,
}

fn email() -> String {
    "email".to_owned()
}

fn email_verified() -> String {
    "email_verified".to_owned()
}

fn account() -> String {
    "acc".to_owned()
}

fn name() -> String {
    "name".to_owned()
}

/// Checks the tables. `own` is the issuer of the tokens that are signed with the server's secret, which cannot have
/// other keys as well.
pub(super) fn check(
    reader: &mut Reader,
    mode: DeploymentMode,
    own: Option<&str>,
    tables: Vec<(String, Issuer)>,
) -> Vec<Issuer> {
    let mut names: BTreeSet<String> = own.map(str::to_owned).into_iter().collect();
    let mut issuers = Vec::new();
    for (table, issuer) in tables {
        let key = format!("{table}.issuer");
        if issuer.issuer.is_empty() {
            reader.report(&key, "is missing: write the iss claim of its tokens");
        } else if !names.insert(issuer.issuer.clone()) {
            reader.report(&key, "is the name of another issuer: each issuer has one entry");
        }
        check_keys(reader, mode, &table, &issuer);
        issuers.push(issuer);
    }
    issuers
}

fn check_keys(reader: &mut Reader, mode: DeploymentMode, table: &str, issuer: &Issuer) {
    let (url_key, files_key) = (format!("{table}.jwks_url"), format!("{table}.key_files"));
    if issuer.jwks_url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url)) {
        reader.report(
            &url_key,
            "must begin with https://: an attacker who replaces the keys on the way can sign for everyone",
        );
    }
    if mode == DeploymentMode::Development || mode == DeploymentMode::Production {
        for file in &issuer.key_files {
            reader.check_file(&files_key, file);
        }
    }
    if [&url_key, &files_key].iter().any(|key| reader.is_reported(key)) {
        return;
    }
    match (&issuer.jwks_url, issuer.key_files.is_empty()) {
        (None, true) => reader.report(table, "needs jwks_url or key_files"),
        (Some(_), false) => reader.report(table, "has jwks_url and key_files: keep one of them"),
        _ => {}
    }
}
