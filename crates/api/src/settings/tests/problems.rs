//! Messages about mistakes.

use super::*;

#[test]
fn all_problems_are_reported_at_once() {
    let scenario = Scenario::new()
        .toml("[server]\nbnid = \"x\"\nthreads = \"four\"\n[database]\npool_size = 0\n[log]\nfilter = 5\n[extra]\na = 1\n")
        .env("USHER__WORKER__ENABLED", "maybe")
        .env("USHER__INVITATIONS__VALIDITY", "14")
        .env("USHER__LOG__FORMAT", "xml")
        .env("USHER__MAIL__PASWORD", "hunter2");
    let problems = scenario.problems(DeploymentMode::Production);
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
    let text = scenario.load(DeploymentMode::Production).unwrap_err().to_string();
    assert!(text.starts_with(
        "the configuration has 13 problems:\n- server.public_url (USHER__SERVER__PUBLIC_URL) is"
    ));
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn missing_settings_are_reported_with_an_example() {
    let problems = Scenario::new().problems(DeploymentMode::Production);
    let keys: Vec<&str> = problems.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["server.public_url", "auth.secret", "mail.url", "mail.from"]);
    let text: Vec<&str> = problems.iter().map(|(_, text)| text.as_str()).collect();
    for (said, part) in text.iter().zip(["https://", "openssl rand -base64 48", "smtp://", "<invitations@"]) {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn unknown_keys_are_reported_with_a_suggestion() {
    let scenario = Scenario::new().toml("[server]\nbnid = \"x\"");
    assert_eq!(
        scenario.problem_of(DeploymentMode::Tool, "server.bnid"),
        "server.bnid (USHER__SERVER__BNID) is not a setting: did you mean server.bind?"
    );
    let scenario = Scenario::new().env("USHER__SERVER__SECRET", "x");
    assert_eq!(
        scenario.problem_of(DeploymentMode::Tool, "server.secret"),
        "server.secret (USHER__SERVER__SECRET) is not a setting: did you mean USHER__AUTH__SECRET?"
    );
    let scenario = Scenario::new().toml("[weather]\ntomorrow = 1");
    assert!(scenario.problem_of(DeploymentMode::Tool, "weather.tomorrow").ends_with("is not a setting"));
}

#[test]
fn variables_with_one_underscore_are_rejected() {
    let scenario = Scenario::new().env("USHER_DATABASE_URL", "postgres://u:secret@h/d");
    assert_eq!(
        scenario.problem_of(DeploymentMode::Tool, ""),
        "USHER_DATABASE_URL is not a setting: did you mean USHER__DATABASE__URL, with two underscores?"
    );
}

#[test]
fn sections_and_keys_are_distinguished() {
    let text = Scenario::new().env("USHER__SERVER", "x").problem_of(DeploymentMode::Tool, "server");
    assert!(text.contains("is a section"), "{text}");
    let text =
        Scenario::new().toml("[log.filter]\nlevel = \"info\"").problem_of(DeploymentMode::Tool, "log.filter");
    assert!(text.contains("must be a text in quotes, not a section"), "{text}");
    let text =
        Scenario::new().env("USHER__AUTH__ISSUERS", "x").problem_of(DeploymentMode::Tool, "auth.issuers");
    assert!(text.contains("[[auth.issuers]] tables"), "{text}");
}

#[test]
fn unreadable_files_are_named_without_their_content() {
    let mut scenario = Scenario::new().toml("[auth]\nsecret = \"hunter2\nleeway = 1\n");
    let text = scenario.problem_of(DeploymentMode::Tool, "");
    assert!(text.contains("usher.toml is not valid TOML: TOML parse error at line 2"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    scenario.sources.file = Some(scenario.folder.path().join("absent.toml"));
    assert!(scenario.problem_of(DeploymentMode::Tool, "").contains("absent.toml cannot be read"));
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
        Scenario::new().toml(toml).problem_of(DeploymentMode::Tool, key);
    }
}

#[test]
fn debug_output_and_errors_never_show_secrets() {
    let scenario = Scenario::production()
        .env("USHER__AUTH__SECRET", "hunter2-hunter2-hunter2-hunter2-")
        .env("USHER__AUTH__PREVIOUS_SECRETS", "hunter2-hunter2-hunter2-hunter2+")
        .env("USHER__DATABASE__URL", "postgres://u:hunter2@h/d")
        .env("USHER__MAIL__URL", "smtp://u:hunter2@relay.example.com");
    let settings = scenario.load_valid(DeploymentMode::Production);
    assert!(!format!("{settings:?} {settings:#?} {:?}", scenario.sources).contains("hunter2"));

    let scenario = scenario
        .env("USHER__AUTH__SECRET", "hunter2")
        .env("USHER__AUTH__PREVIOUS_SECRETS", "hunter2")
        .env("USHER__DATABASE__URL", "mysql://u:hunter2@h/d")
        .env("USHER__MAIL__URL", "http://u:hunter2@relay.example.com");
    let errors = scenario.load(DeploymentMode::Production).unwrap_err();
    assert_eq!(errors.0.len(), 4, "{errors}");
    assert!(!format!("{errors} {errors:?}").contains("hunter2"));
}
