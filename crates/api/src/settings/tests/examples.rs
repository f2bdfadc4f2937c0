//! The example files are good.

use super::*;

#[test]
fn the_defaults_can_be_used_as_a_file() {
    let text = include_str!("../../../../../config/default.toml");
    let desk = Desk::new().toml(text);
    let [from_file, embedded] = [&desk, &Desk::new()].map(|desk| {
        let mut settings = desk.sound(Mode::Development);
        settings.development.directory = PathBuf::new();
        format!("{settings:?}")
    });
    assert_eq!(from_file, embedded);
}

#[test]
fn the_production_example_lacks_nothing_but_its_files() {
    let desk = Desk::new().toml(include_str!("../../../../../config/production.toml"));
    let problems = desk.refused(Mode::Production);
    let keys: Vec<&str> = problems.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["auth.secret_file", "mail.password_file"], "{problems:#?}");
}
