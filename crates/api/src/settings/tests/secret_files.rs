//! Secrets from files, and the one that development mode makes.

use secrecy::{ExposeSecret as _, SecretString};

use super::*;

#[test]
fn each_secret_has_a_twin_for_a_file() {
    let desk = Desk::production().without("USHER__AUTH__SECRET");
    let file = |name: &str, text: &str| show(&desk.write(name, text));
    let secret = file("secret", &format!(" {SECRET} \n"));
    let previous = file("previous", &format!("{SECRET}1\r\n\n{SECRET}2\n"));
    let password = file("password", "pa ss\r\n");
    let database = file("database", "postgres://u:p@h/d\n\n");
    let desk = desk
        .env("USHER__AUTH__SECRET_FILE", &secret)
        .env("USHER__AUTH__PREVIOUS_SECRETS_FILE", &previous)
        .env("USHER__MAIL__USERNAME", "joe")
        .env("USHER__MAIL__PASSWORD_FILE", &password)
        .toml(&format!("[database]\nurl_file = {database:?}\n"));
    let settings = desk.sound(Mode::Production);
    assert_eq!(settings.auth.secret.expose_secret(), format!(" {SECRET} "), "only the final line break goes");
    let previous: Vec<&str> =
        settings.auth.previous_secrets.iter().map(SecretString::expose_secret).collect();
    assert_eq!(previous, [format!("{SECRET}1"), format!("{SECRET}2")]);
    assert_eq!(settings.mail.unwrap().login().unwrap().1.expose_secret(), "pa ss");
    assert_eq!(settings.database.url.expose_secret(), "postgres://u:p@h/d\n");
}

#[test]
fn both_twins_are_one_too_many() {
    let desk = Desk::production();
    let file = show(&desk.write("file", &format!("{SECRET}\n")));
    for (name, key) in [
        ("USHER__AUTH__SECRET", "auth.secret_file"),
        ("USHER__AUTH__PREVIOUS_SECRETS", "auth.previous_secrets_file"),
        ("USHER__MAIL__PASSWORD", "mail.password_file"),
        ("USHER__DATABASE__URL", "database.url_file"),
    ] {
        let desk = Desk::production().env("USHER__MAIL__USERNAME", "joe").env("USHER__MAIL__PASSWORD", "x");
        let desk = desk.env(name, &format!("sqlite:{SECRET}")).env(&format!("{name}_FILE"), &file);
        let text = desk.refused_for(Mode::Production, key);
        assert!(text.contains("keep one of them"), "{text}");
    }
}

#[test]
fn files_that_are_absent_or_empty_are_named() {
    let desk = Desk::production().without("USHER__AUTH__SECRET");
    let empty = show(&desk.write("empty", "\n"));
    let desk = desk.env("USHER__AUTH__SECRET_FILE", &empty);
    assert!(desk.refused_for(Mode::Production, "auth.secret_file").ends_with("which is empty"));
    let desk = desk.env("USHER__AUTH__SECRET_FILE", "absent-file");
    assert!(
        desk.refused_for(Mode::Production, "auth.secret_file").contains("absent-file, which cannot be read")
    );
}

#[test]
fn development_keeps_the_secret_that_it_made() {
    let desk = Desk::new();
    let first = desk.sound(Mode::Development).auth.secret;
    assert_eq!(first.expose_secret().len(), 64);
    for mode in [Mode::Development, Mode::Signing] {
        assert_eq!(desk.sound(mode).auth.secret.expose_secret(), first.expose_secret(), "{mode:?}");
    }
    assert_eq!(desk.sound(Mode::Development).development.mailbox(), desk.data().join("mailbox"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::metadata(desk.data().join("secret")).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
    }
    Desk::new().refused_for(Mode::Signing, "auth.secret");
}

#[test]
fn a_configured_secret_is_the_one() {
    let desk = Desk::new().env("USHER__AUTH__SECRET", SECRET);
    assert_eq!(desk.sound(Mode::Development).auth.secret.expose_secret(), SECRET);
    assert!(desk.data().is_dir(), "the default database is going to be there");
    assert!(!desk.data().join("secret").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let desk = Desk::new();
    let file = show(&desk.write("file", ""));
    let desk = desk.env("USHER__DEVELOPMENT__DIRECTORY", &format!("{file}/data"));
    let problems = desk.refused(Mode::Development);
    assert_eq!(problems[0].0, "development.directory");
    desk.sound(Mode::Tool);
}

#[test]
fn a_broken_kept_secret_is_not_replaced_in_silence() {
    let desk = Desk::new();
    std::fs::create_dir(desk.data()).unwrap();
    std::fs::write(desk.data().join("secret"), "").unwrap();
    for mode in [Mode::Development, Mode::Signing] {
        assert!(desk.refused_for(mode, "auth.secret").contains("delete that file"));
    }
}

#[test]
fn commands_that_do_not_sign_need_no_secret() {
    let desk = Desk::new();
    let one = desk.sound(Mode::Tool).auth.secret;
    assert_ne!(one.expose_secret(), desk.sound(Mode::Tool).auth.secret.expose_secret());
    assert!(!desk.data().exists(), "and leave nothing behind");
}
