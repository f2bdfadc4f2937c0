//! Secrets in files, and the generated secret of development mode.

use secrecy::{ExposeSecret as _, SecretString};

use super::*;

#[test]
fn each_secret_has_a_twin_for_a_file() {
    let scenario = Scenario::production().without("USHER__AUTH__SECRET");
    let file = |name: &str, text: &str| show(&scenario.write(name, text));
    let secret = file("secret", &format!(" {SECRET} \n"));
    let previous = file("previous", &format!("{SECRET}1\r\n\n{SECRET}2\n"));
    let password = file("password", "pa ss\r\n");
    let database = file("database", "postgres://u:p@h/d\n\n");
    let scenario = scenario
        .env("USHER__AUTH__SECRET_FILE", &secret)
        .env("USHER__AUTH__PREVIOUS_SECRETS_FILE", &previous)
        .env("USHER__MAIL__USERNAME", "joe")
        .env("USHER__MAIL__PASSWORD_FILE", &password)
        .toml(&format!("[database]\nurl_file = {database:?}\n"));
    let settings = scenario.load_valid(DeploymentMode::Production);
    assert_eq!(settings.auth.secret.expose_secret(), format!(" {SECRET} "), "only line breaks at the end go");
    let previous: Vec<&str> =
        settings.auth.previous_secrets.iter().map(SecretString::expose_secret).collect();
    assert_eq!(previous, [format!("{SECRET}1"), format!("{SECRET}2")]);
    assert_eq!(settings.mail.unwrap().login().unwrap().1.expose_secret(), "pa ss");
    assert_eq!(settings.database.url.expose_secret(), "postgres://u:p@h/d");
}

/// Editors begin and end files as they like, and the secret is the same.
#[test]
fn the_secret_in_a_file_does_not_depend_on_the_editor() {
    let scenario = Scenario::production().without("USHER__AUTH__SECRET");
    for (number, text) in ["{}", "{}\n", "{}\r\n", "{}\n\n", "{}\r", "\u{feff}{}\r\n"].iter().enumerate() {
        let file = show(&scenario.write(&format!("secret-{number}"), &text.replace("{}", SECRET)));
        let settings = Scenario::production()
            .without("USHER__AUTH__SECRET")
            .env("USHER__AUTH__SECRET_FILE", &file)
            .load_valid(DeploymentMode::Production);
        assert_eq!(settings.auth.secret.expose_secret(), SECRET, "{text:?}");
    }
}

#[test]
fn a_secret_and_its_file_contradict_each_other() {
    let scenario = Scenario::production();
    let file = show(&scenario.write("file", &format!("{SECRET}\n")));
    for (name, key) in [
        ("USHER__AUTH__SECRET", "auth.secret_file"),
        ("USHER__AUTH__PREVIOUS_SECRETS", "auth.previous_secrets_file"),
        ("USHER__MAIL__PASSWORD", "mail.password_file"),
        ("USHER__DATABASE__URL", "database.url_file"),
    ] {
        let scenario =
            Scenario::production().env("USHER__MAIL__USERNAME", "joe").env("USHER__MAIL__PASSWORD", "x");
        let scenario = scenario.env(name, &format!("sqlite:{SECRET}")).env(&format!("{name}_FILE"), &file);
        let text = scenario.problem_of(DeploymentMode::Production, key);
        assert!(text.contains("keep one of them"), "{text}");
    }
}

#[test]
fn absent_and_empty_files_are_named() {
    let scenario = Scenario::production().without("USHER__AUTH__SECRET");
    let empty = show(&scenario.write("empty", "\n"));
    let scenario = scenario.env("USHER__AUTH__SECRET_FILE", &empty);
    assert!(scenario.problem_of(DeploymentMode::Production, "auth.secret_file").ends_with("which is empty"));
    let scenario = scenario.env("USHER__AUTH__SECRET_FILE", "absent-file");
    assert!(
        scenario
            .problem_of(DeploymentMode::Production, "auth.secret_file")
            .contains("absent-file, which cannot be read")
    );
}

#[test]
fn files_with_only_line_breaks_are_empty() {
    for (key, name) in [
        ("auth.secret_file", "USHER__AUTH__SECRET_FILE"),
        ("auth.previous_secrets_file", "USHER__AUTH__PREVIOUS_SECRETS_FILE"),
    ] {
        let scenario = Scenario::new();
        let blank = show(&scenario.write("blank", "\n\r\n\n"));
        let text = scenario.env(name, &blank).problem_of(DeploymentMode::Development, key);
        assert!(text.ends_with(&format!("names {blank}, which is empty")), "{text}");
    }
}

#[test]
fn secret_files_have_at_most_64_kib() {
    let scenario = Scenario::new();
    let file = |name: &str, size: usize| show(&scenario.write(name, &"x".repeat(size)));
    let (most, more) = (file("most", 64 * 1024), file("more", 64 * 1024 + 1));
    let scenario = scenario.env("USHER__AUTH__SECRET_FILE", &most);
    let secret = scenario.load_valid(DeploymentMode::Development).auth.secret;
    assert_eq!(secret.expose_secret().len(), 64 * 1024);
    let scenario = scenario.env("USHER__AUTH__SECRET_FILE", &more);
    let text = scenario.problem_of(DeploymentMode::Development, "auth.secret_file");
    assert!(text.ends_with("which is larger than 64 KiB"), "{text}");
}

#[test]
fn development_mode_keeps_its_generated_secret() {
    let scenario = Scenario::new();
    let first = scenario.load_valid(DeploymentMode::Development).auth.secret;
    assert_eq!(first.expose_secret().len(), 64);
    for mode in [DeploymentMode::Development, DeploymentMode::Signing] {
        assert_eq!(scenario.load_valid(mode).auth.secret.expose_secret(), first.expose_secret(), "{mode:?}");
    }
    assert_eq!(
        scenario.load_valid(DeploymentMode::Development).development.mailbox(),
        scenario.data().join("mailbox")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::metadata(scenario.data().join("secret")).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
    }
    Scenario::new().problem_of(DeploymentMode::Signing, "auth.secret");
}

#[test]
fn a_configured_secret_takes_precedence() {
    let scenario = Scenario::new().env("USHER__AUTH__SECRET", SECRET);
    assert_eq!(scenario.load_valid(DeploymentMode::Development).auth.secret.expose_secret(), SECRET);
    assert!(scenario.data().is_dir(), "the default database needs the folder");
    assert!(!scenario.data().join("secret").exists());
}

#[test]
fn a_folder_that_cannot_be_created_is_reported() {
    let scenario = Scenario::new();
    let file = show(&scenario.write("file", ""));
    let scenario = scenario.env("USHER__DEVELOPMENT__DIRECTORY", &format!("{file}/data"));
    let problems = scenario.problems(DeploymentMode::Development);
    assert_eq!(problems[0].0, "development.directory");
    scenario.load_valid(DeploymentMode::Tool);
}

#[test]
fn a_damaged_secret_file_is_reported() {
    let scenario = Scenario::new();
    std::fs::create_dir(scenario.data()).unwrap();
    std::fs::write(scenario.data().join("secret"), "").unwrap();
    for mode in [DeploymentMode::Development, DeploymentMode::Signing] {
        assert!(scenario.problem_of(mode, "auth.secret").contains("delete that file"));
    }
}

#[test]
fn commands_that_do_not_sign_need_no_secret() {
    let scenario = Scenario::new();
    let one = scenario.load_valid(DeploymentMode::Tool).auth.secret;
    assert_ne!(one.expose_secret(), scenario.load_valid(DeploymentMode::Tool).auth.secret.expose_secret());
    assert!(!scenario.data().exists(), "no folder is created");
}
