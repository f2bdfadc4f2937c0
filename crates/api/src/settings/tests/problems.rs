//! How mistakes are told.

use super::*;

#[test]
fn all_of_them_at_once() {
    let desk = Desk::new()
        .toml("[server]\nbnid = \"x\"\nthreads = \"four\"\n[database]\npool_size = 0\n[log]\nfilter = 5\n[extra]\na = 1\n")
        .env("USHER__WORKER__ENABLED", "maybe")
        .env("USHER__INVITATIONS__VALIDITY", "14")
        .env("USHER__LOG__FORMAT", "xml")
        .env("USHER__MAIL__PASWORD", "hunter2");
    let problems = desk.refused(Mode::Production);
    let keys: Vec<&str> = problems.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "server.public_url",
            "server.threads",
            "database.pool_size",
            "auth.secret",
            "mail.url",
            "mail.from",
            "invitations.validity",
            "worker.enabled",
            "log.format",
            "log.filter",
            "extra.a",
            "mail.pasword",
            "server.bnid",
        ]
    );
    let text = desk.load(Mode::Production).unwrap_err().to_string();
    assert!(text.starts_with(
        "the configuration has 13 problems:\n- server.public_url (USHER__SERVER__PUBLIC_URL) is"
    ));
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn what_is_missing_says_how_to_come_by_it() {
    let problems = Desk::new().refused(Mode::Production);
    let keys: Vec<&str> = problems.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["server.public_url", "auth.secret", "mail.url", "mail.from"]);
    let text: Vec<&str> = problems.iter().map(|(_, text)| text.as_str()).collect();
    for (said, part) in text.iter().zip(["https://", "openssl rand -base64 48", "smtp://", "<invitations@"]) {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn unknown_keys_are_named_as_they_were_written() {
    let desk = Desk::new().toml("[server]\nbnid = \"x\"");
    assert_eq!(
        desk.refused_for(Mode::Tool, "server.bnid"),
        "server.bnid (USHER__SERVER__BNID) is not a setting: did you mean server.bind?"
    );
    let desk = Desk::new().env("USHER__SERVER__SECRET", "x");
    assert_eq!(
        desk.refused_for(Mode::Tool, "server.secret"),
        "server.secret (USHER__SERVER__SECRET) is not a setting: did you mean USHER__AUTH__SECRET?"
    );
    let desk = Desk::new().toml("[weather]\ntomorrow = 1");
    assert!(desk.refused_for(Mode::Tool, "weather.tomorrow").ends_with("is not a setting"));
}

#[test]
fn one_underscore_is_not_passed_over() {
    let desk = Desk::new().env("USHER_DATABASE_URL", "postgres://u:secret@h/d");
    assert_eq!(
        desk.refused_for(Mode::Tool, ""),
        "USHER_DATABASE_URL is not a setting: did you mean USHER__DATABASE__URL, with two underscores?"
    );
}

#[test]
fn sections_and_keys_are_not_mixed_up() {
    let text = Desk::new().env("USHER__SERVER", "x").refused_for(Mode::Tool, "server");
    assert!(text.contains("is a section"), "{text}");
    let text = Desk::new().toml("[log.filter]\nlevel = \"info\"").refused_for(Mode::Tool, "log.filter");
    assert!(text.contains("must be a text in quotes, not a section"), "{text}");
    let text = Desk::new().env("USHER__AUTH__ISSUERS", "x").refused_for(Mode::Tool, "auth.issuers");
    assert!(text.contains("[[auth.issuers]] tables"), "{text}");
}

#[test]
fn files_that_cannot_be_read_are_named_without_their_content() {
    let mut desk = Desk::new().toml("[auth]\nsecret = \"hunter2\nleeway = 1\n");
    let text = desk.refused_for(Mode::Tool, "");
    assert!(text.contains("usher.toml is not valid TOML: TOML parse error at line 2"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    desk.sources.file = Some(desk.folder.path().join("absent.toml"));
    assert!(desk.refused_for(Mode::Tool, "").contains("absent.toml cannot be read"));
}

#[test]
fn types_are_not_guessed_in_files() {
    for (toml, key) in [
        ("[server]\nthreads = \"4\"", "server.threads"),
        ("[server]\nthreads = 1.5", "server.threads"),
        ("[server]\nthreads = -1", "server.threads"),
        ("[server]\nbind = 8080", "server.bind"),
        ("[worker]\nenabled = \"true\"", "worker.enabled"),
        ("[worker]\nenabled = 1", "worker.enabled"),
        ("[auth]\nsecret = 12345678901234567", "auth.secret"),
        ("[auth]\nprevious_secrets = \"a\"", "auth.previous_secrets"),
        ("[auth]\nprevious_secrets = [1]", "auth.previous_secrets"),
        ("[auth]\nleeway = 30", "auth.leeway"),
    ] {
        Desk::new().toml(toml).refused_for(Mode::Tool, key);
    }
}

#[test]
fn debug_output_and_errors_never_show_secrets() {
    let desk = Desk::production()
        .env("USHER__AUTH__SECRET", "hunter2-hunter2-hunter2-hunter2-")
        .env("USHER__AUTH__PREVIOUS_SECRETS", "hunter2-hunter2-hunter2-hunter2+")
        .env("USHER__DATABASE__URL", "postgres://u:hunter2@h/d")
        .env("USHER__MAIL__URL", "smtp://u:hunter2@relay.example.com");
    let settings = desk.sound(Mode::Production);
    assert!(!format!("{settings:?} {settings:#?} {:?}", desk.sources).contains("hunter2"));

    let desk = desk
        .env("USHER__AUTH__SECRET", "hunter2")
        .env("USHER__AUTH__PREVIOUS_SECRETS", "hunter2")
        .env("USHER__DATABASE__URL", "mysql://u:hunter2@h/d")
        .env("USHER__MAIL__URL", "http://u:hunter2@relay.example.com");
    let errors = desk.load(Mode::Production).unwrap_err();
    assert_eq!(errors.0.len(), 4, "{errors}");
    assert!(!format!("{errors} {errors:?}").contains("hunter2"));
}
