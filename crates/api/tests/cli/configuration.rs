//! The sources of the configuration, and mistakes in it.

use super::program::{Program, SECRET};

#[test]
fn production_reports_everything_that_is_missing() {
    for command in ["serve", "worker"] {
        let ended = Program::new().run(&[command]);
        for words in [
            "4 problems",
            "USHER__SERVER__PUBLIC_URL",
            "openssl rand -base64 48",
            "USHER__MAIL__URL",
            "USHER__MAIL__FROM",
        ] {
            assert!(ended.err.contains(words), "{ended:?}");
        }
        ended.assert_failed(2, "usher: the configuration has");
    }
}

#[test]
fn files_are_named_by_argument_or_variable() {
    let program = Program::new();
    std::fs::write(program.path("one.toml"), "[database]\nurl = \"sqlite:one/x.db\"\n").unwrap();
    std::fs::write(program.path("two.toml"), "[database]\nurl = \"sqlite:two/x.db\"\n").unwrap();
    program.run(&["account", "list", "--config", "one.toml"]).assert_failed(1, "one");
    program.run(&["--config", "one.toml", "account", "list"]).assert_failed(1, "one");
    program.run(&["account", "list", "--config", "none.toml"]).assert_failed(2, "none.toml cannot be read");
    let program = program.env("USHER_CONFIG", "two.toml");
    program.run(&["account", "list"]).assert_failed(1, "two");
    program.run(&["account", "list", "--config", "one.toml"]).assert_failed(1, "one");
    let program = program.env("USHER__DATABASE__URL", "sqlite:three/x.db");
    program.run(&["account", "list"]).assert_failed(1, "three");
}

#[test]
fn unknown_keys_are_rejected() {
    let program = Program::new().env("USHER__DATABASE__ULR", "sqlite:x.db");
    program
        .run(&["account", "list"])
        .assert_failed(2, "is not a setting: did you mean USHER__DATABASE__URL?");
}

#[test]
fn development_mode_listens_on_this_machine_only() {
    Program::new()
        .env("USHER__SERVER__BIND", "0.0.0.0:0")
        .run(&[])
        .assert_failed(2, "loopback address in development mode");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let program = Program::new();
    let help = program.run(&["--help"]).stdout();
    for words in [
        "serve",
        "worker",
        "migrate",
        "account",
        "member",
        "person",
        "token",
        "access-token",
        "doctor",
        "mail",
        "config",
        "completions",
        "health",
        "Exit codes",
        "Example",
    ] {
        assert!(help.contains(words), "{words}");
    }
    assert!(program.run(&["member", "add", "--help"]).stdout().contains("--role <ROLE>..."));
    let version = program.run(&["--version"]).stdout();
    let expected = concat!("usher ", env!("CARGO_PKG_VERSION"), " (");
    assert!(version.starts_with(expected) && version.contains(std::env::consts::ARCH), "{version}");
    // Help is printed even with an invalid environment.
    program.env("USHER__NONSENSE", "1").run(&["serve", "--help"]).stdout();
}

#[test]
fn wrong_commands_are_usage_errors() {
    let program = Program::new();
    for arguments in [&["sevre"][..], &["account"], &["account", "list", "--jsn"], &["serve", "x"]] {
        let ended = program.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.err.contains("Usage: usher"), "{ended:?}");
    }
}

#[test]
fn no_migrate_rejects_pending_migrations() {
    let program = Program::new()
        .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
        .env("USHER__SERVER__BIND", "127.0.0.1:0")
        .env("USHER__AUTH__SECRET", SECRET)
        .env("USHER__MAIL__URL", "smtp://127.0.0.1:1")
        .env("USHER__MAIL__FROM", "usher@example.com");
    for command in ["serve", "worker"] {
        program.run(&[command, "--no-migrate"]).assert_failed(1, "data/usher.db does not exist");
        assert!(!program.path("data/usher.db").exists());
    }
    std::fs::write(program.path("data/usher.db"), "").unwrap();
    for command in ["serve", "worker"] {
        program.run(&[command, "--no-migrate"]).assert_failed(1, "the database lacks 1 migration(s)");
    }
}

/// Keys and certificates are read before the database is created.
#[test]
fn unusable_files_are_configuration_errors() {
    let production = || {
        Program::new()
            .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
            .env("USHER__AUTH__SECRET", SECRET)
            .env("USHER__MAIL__URL", "smtp://relay.example.com")
            .env("USHER__MAIL__FROM", "usher@example.com")
    };
    let program = production().env("USHER__MAIL__CA_FILE", "no-such.pem");
    for command in ["serve", "worker"] {
        program.run(&[command]).assert_failed(2, "no-such.pem");
        assert!(!program.path("data/usher.db").exists());
    }
    let program = production();
    let issuer = "[[auth.issuers]]\nissuer = \"https://login.example.com/\"\nkey_files = [\"key.pem\"]\n";
    std::fs::write(program.path("usher.toml"), issuer).unwrap();
    program.run(&["serve", "--config", "usher.toml"]).assert_failed(2, "key.pem");
    std::fs::write(program.path("key.pem"), "no key").unwrap();
    program.run(&["serve", "--config", "usher.toml"]).assert_failed(2, "https://login.example.com/");
    assert!(!program.path("data/usher.db").exists());
}

#[test]
fn config_show_prints_settings_with_sources_and_no_secrets() {
    let program = Program::new().env("USHER__AUTH__SECRET", SECRET);
    let text = program.run(&["config", "show"]).stdout();
    assert!(text.contains("auth.secret = \"…\"  # USHER__AUTH__SECRET\n"), "{text}");
    assert!(text.contains("server.bind = \"127.0.0.1:8080\"  # default\n"), "{text}");
    let json = program.run(&["config", "show", "--json"]).json();
    assert_eq!(json["worker.enabled"], serde_json::json!({ "value": "true", "source": "default" }));
    assert!(!json.to_string().contains(SECRET));
    // A misplaced secret is not repeated.
    let ended = program.env("USHER__AUTH__SECRT", "a secret").run(&["config", "show"]);
    assert!(!ended.err.contains("a secret"));
    ended.assert_failed(2, "USHER__AUTH__SECRET");
}

#[test]
fn config_check_lists_all_mistakes() {
    let production = || {
        Program::new()
            .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
            .env("USHER__AUTH__SECRET", SECRET)
            .env("USHER__MAIL__URL", "smtp://relay.example.com")
            .env("USHER__MAIL__FROM", "usher@example.com")
    };
    let program = production();
    assert_eq!(program.run(&["config", "check"]).stdout(), "the configuration is valid");
    assert_eq!(program.run(&["config", "check", "--json"]).json()["valid"], serde_json::json!(true));
    assert!(!program.path("data/usher.db").exists());

    let program = production().env("USHER__SERVER__BIND", "nowhere").env("USHER__MAIL__FROM", "nobody");
    let ended = program.run(&["config", "check"]);
    assert!(ended.err.contains("server.bind") && ended.err.contains("mail.from"), "{ended:?}");
    ended.assert_failed(2, "the configuration is not valid:");
    let ended = program.run(&["config", "check", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, json["problems"].as_array().unwrap().len()), (Some(2), 2));

    let program = production().env("USHER__MAIL__CA_FILE", "ca.pem");
    std::fs::write(program.path("ca.pem"), "no certificate").unwrap();
    program.run(&["config", "check"]).assert_failed(2, "no usable certificate in ca.pem");
}

#[test]
fn completions_are_printed_for_each_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program.run(&["completions", shell]).stdout();
        assert!(script.contains("access-token") && script.contains("doctor"), "{shell}");
    }
    program.run(&["completions", "csh"]).assert_failed(2, "possible values: bash");
}
