use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use usher_mailer::{Relay, SmtpSettings};

use super::{
    DeploymentMode, SettingsProblems,
    read::Reader,
    types::{MINUTE, SECOND, duration, secret},
};

/// `[mail]`. The mailer validates it: see [`SmtpSettings`] for the fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailSection {
    #[serde(deserialize_with = "secret")]
    url: Option<SecretString>,
    from: Option<String>,
    username: Option<String>,
    #[serde(deserialize_with = "secret")]
    password: Option<SecretString>,
    insecure: bool,
    hello_name: Option<String>,
    ca_file: Option<PathBuf>,
    /// At most two minutes, because a slow delivery delays the next deliveries.
    #[serde(deserialize_with = "duration::<_, SECOND, { 2 * MINUTE }>")]
    deadline: Duration,
}

impl MailSection {
    /// Returns the relay, or `None` without a URL. Production requires a URL.
    pub(super) fn read(reader: &mut Reader, mode: DeploymentMode) -> Result<Option<Relay>, SettingsProblems> {
        let Self { url, from, username, password, insecure, hello_name, ca_file, deadline } =
            reader.section("mail")?;
        if mode != DeploymentMode::Production && url.is_none() {
            return Ok(None);
        }
        if mode == DeploymentMode::Production
            && let Some(file) = &ca_file
        {
            reader.check_file("mail.ca_file", file);
        }
        let settings =
            SmtpSettings { url, from, username, password, insecure, hello_name, ca_file, deadline };
        settings.check().map(Some).or_else(|errors| {
            for error in errors.0 {
                reader.report(&format!("mail.{}", error.field), error.text);
            }
            Ok(None)
        })
    }
}
