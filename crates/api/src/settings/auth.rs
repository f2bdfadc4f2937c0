use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{
    DeploymentMode, DevelopmentSection, Issuer, SettingsProblems,
    development::{generate_secret, keep_secret, kept_secret},
    issuer_rules, issuers,
    read::Reader,
    types::{DAY, HOW_TO_MAKE_A_SECRET, MINUTE, duration, number, signing_secret, signing_secrets},
};

const SECRET: &str = "auth.secret";

/// `[auth]`: the tokens that callers can use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSection {
    /// Signs and verifies HS256 tokens, and derives the keys of links. At least 32 bytes.
    #[serde(deserialize_with = "signing_secret")]
    pub secret: SecretString,
    /// Previous secrets. They verify tokens but do not sign them.
    #[serde(deserialize_with = "signing_secrets")]
    pub previous_secrets: Vec<SecretString>,
    /// `iss` of the tokens that are signed with the secret: written and required if set.
    pub issuer: Option<String>,
    /// `aud` of the tokens that are signed with the secret: written and required if set.
    pub audience: Option<String>,
    /// Tolerated difference between clocks. RFC 7519 allows a few minutes at most; with NTP a minute is generous.
    #[serde(deserialize_with = "duration::<_, 0, MINUTE>")]
    pub leeway: Duration,
    /// Lifetime of tokens from `POST /api/v2/login`, unless the caller asks for less. These tokens cannot be revoked.
    #[serde(deserialize_with = "duration::<_, MINUTE, { 31 * DAY }>")]
    pub token_lifetime: Duration,
    /// The longest time until a token that is signed with the secret expires.
    #[serde(deserialize_with = "duration::<_, MINUTE, { 366 * DAY }>")]
    pub max_lifetime: Duration,
    /// Minimum characters of a password that is set. The maximum fits the passwords of development mode.
    #[serde(deserialize_with = "number::<_, _, 8, 32>")]
    pub password_min_length: usize,
    /// Minimum strength of a password that is set, from 0 to 4 as zxcvbn estimates it.
    #[serde(deserialize_with = "number::<_, _, 0, 4>")]
    pub password_min_score: u8,
    /// Passwords that are hashed or verified at once. Each takes 19 MiB, and some 20 ms of a processor.
    #[serde(deserialize_with = "number::<_, _, 1, 64>")]
    pub password_concurrency: usize,
    /// Further issuers of tokens.
    #[serde(skip)]
    pub issuers: Vec<Issuer>,
}

impl AuthSection {
    pub(super) fn read(
        reader: &mut Reader,
        mode: DeploymentMode,
        development: &DevelopmentSection,
    ) -> Result<Self, SettingsProblems> {
        // Reads the tables first, because their keys also begin with `auth.`.
        let tables = reader.tables(issuers::TABLES)?;
        let mut auth: Self = reader.section("auth")?;
        auth.issuers = issuer_rules::check(reader, mode, auth.issuer.as_deref(), tables);
        if auth.token_lifetime > auth.max_lifetime {
            reader.report(
                "auth.token_lifetime",
                "is longer than auth.max_lifetime, so no such token would be accepted",
            );
        }
        let is_missing = auth.secret.expose_secret().is_empty() && !reader.is_reported(SECRET);
        if is_missing && !reader.is_reported("development.directory") {
            match unconfigured_secret(mode, development) {
                Ok(secret) => auth.secret = secret,
                Err(text) => reader.report(SECRET, text),
            }
        }
        Ok(auth)
    }
}

/// Returns the secret if none is configured.
fn unconfigured_secret(
    mode: DeploymentMode,
    development: &DevelopmentSection,
) -> Result<SecretString, String> {
    let missing = || {
        format!(
            "is missing: {HOW_TO_MAKE_A_SECRET} and keep it; auth.secret_file can name a file that holds it"
        )
    };
    match mode {
        DeploymentMode::Tool => Ok(generate_secret()),
        DeploymentMode::Development => keep_secret(&development.directory),
        DeploymentMode::Signing => kept_secret(&development.directory).unwrap_or_else(|| Err(missing())),
        DeploymentMode::Production => Err(missing()),
    }
}
