//! `usher config …`

use serde_json::{Map, Value, json};
use usher_mailer::LettreMailer;

use super::{failure::Failure, output::Output, stderr::print_note};
use crate::{
    compose::verifier,
    settings::{DeploymentMode, Settings, SettingsProblems, Sources},
    system::SystemClock,
};

/// `usher config show`
pub(super) fn show(sources: &Sources, output: Output) -> Result<(), Failure> {
    let invalid = |problems: SettingsProblems| Failure::Configuration(problems.to_string());
    // Values that are no settings are not shown: they can be secrets in the wrong place.
    Settings::load(sources, DeploymentMode::Tool).map_err(invalid)?;
    let shown = Settings::show(sources).map_err(invalid)?;
    let text: Vec<String> = shown
        .iter()
        .map(|setting| format!("{} = {}  # {}", setting.key, setting.value, setting.source))
        .collect();
    let json: Map<String, Value> = shown
        .iter()
        .map(|setting| {
            let value = json!({ "value": setting.value, "source": setting.source.to_string() });
            (setting.key.clone(), value)
        })
        .collect();
    output.lines(&text, &json.into())
}

/// `usher config check`: checks the settings as `usher serve` does at its start, and the files that they name.
pub(super) fn check(sources: &Sources, output: Output) -> Result<(), Failure> {
    let problems = match Settings::load(sources, DeploymentMode::Production) {
        Ok(settings) => {
            settings.notices().iter().for_each(|notice| print_note(&format!("warning: {notice}")));
            unusable_files(&settings)
        }
        Err(SettingsProblems(problems)) => problems.iter().map(ToString::to_string).collect(),
    };
    let json = json!({ "valid": problems.is_empty(), "problems": problems });
    if problems.is_empty() {
        return output.result("the configuration is valid", &json);
    }
    if output == Output::Json {
        output.result("", &json)?;
    }
    Err(Failure::Configuration(format!("the configuration is not valid:\n- {}", problems.join("\n- "))))
}

/// Files with keys and certificates that cannot be used.
fn unusable_files(settings: &Settings) -> Vec<String> {
    let keys =
        verifier(settings, &(std::sync::Arc::new(SystemClock) as _)).err().map(|error| error.to_string());
    let relay = settings.mail.as_ref().and_then(|relay| LettreMailer::new(relay.clone()).err());
    [keys, relay.map(|error| format!("mail.{error}"))].into_iter().flatten().collect()
}
