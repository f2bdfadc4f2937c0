//! `usher doctor`

mod check;
mod database;
mod network;

use serde_json::{Value, json};
use tokio::runtime::Builder;

use self::{
    check::Check,
    database::check_database,
    network::{check_issuers, check_public_url, check_relay},
};
use super::{failure::Failure, output::Output};
use crate::settings::{DeploymentMode, Settings, SettingsProblems, Sources};

/// Checks the settings, and everything that they name. Changes nothing and sends no mail.
pub(super) fn run(sources: &Sources, output: Output) -> Result<(), Failure> {
    let mut checks = Vec::new();
    match Settings::load(sources, DeploymentMode::Production) {
        Ok(settings) => {
            checks.push(Check::new("settings", Ok("complete and valid".to_owned())));
            check_all(&settings, &mut checks)?;
        }
        Err(SettingsProblems(problems)) => {
            checks.extend(problems.iter().map(|problem| Check::new("settings", Err(problem.to_string()))));
            // The rest can still be checked if settings are missing, but not if they are wrong.
            if let Ok(settings) = Settings::load(sources, DeploymentMode::Signing)
                .or_else(|_| Settings::load(sources, DeploymentMode::Tool))
            {
                check_all(&settings, &mut checks)?;
            }
        }
    }
    report(&checks, output)
}

fn check_all(settings: &Settings, checks: &mut Vec<Check>) -> Result<(), Failure> {
    check_database(settings, checks);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        check_relay(settings, checks).await;
        check_issuers(settings, checks).await;
        check_public_url(settings, checks).await;
    });
    Ok(())
}

fn report(checks: &[Check], output: Output) -> Result<(), Failure> {
    let failed = checks.iter().filter(|check| check.result.is_err()).count();
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    let text: Vec<String> = checks.iter().map(|check| check.line(width)).collect();
    output.lines(
        &text,
        &json!({ "ok": failed == 0, "checks": checks.iter().map(Check::describe).collect::<Value>() }),
    )?;
    match failed {
        0 => Ok(()),
        1 => Err(Failure::Failed("a check failed".to_owned())),
        several => Err(Failure::Failed(format!("{several} checks failed"))),
    }
}
