//! The example files are valid.

use super::*;

#[test]
fn the_defaults_can_be_used_as_a_file() {
    let text = include_str!("../../../../../config/default.toml");
    let scenario = Scenario::new().toml(text);
    let [from_file, embedded] = [&scenario, &Scenario::new()].map(|scenario| {
        let mut settings = scenario.load_valid(DeploymentMode::Development);
        settings.development.directory = PathBuf::new();
        format!("{settings:?}")
    });
    assert_eq!(from_file, embedded);
}

#[test]
fn the_production_example_lacks_only_its_files() {
    let scenario = Scenario::new().toml(include_str!("../../../../../config/production.toml"));
    let problems = scenario.problems(DeploymentMode::Production);
    let keys: Vec<&str> = problems.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["auth.secret_file", "mail.password_file"], "{problems:#?}");
}
