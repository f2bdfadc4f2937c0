//! Where the configuration comes from, and how mistakes in it end the program.

use super::bench::{Bench, SECRET};

#[test]
fn production_says_all_that_it_lacks() {
    for command in ["serve", "worker"] {
        let ended = Bench::new().run(&[command]);
        for words in [
            "4 problems",
            "USHER__SERVER__PUBLIC_URL",
            "openssl rand -base64 48",
            "USHER__MAIL__URL",
            "USHER__MAIL__FROM",
        ] {
            assert!(ended.err.contains(words), "{ended:?}");
        }
        ended.refused(2, "usher: the configuration has");
    }
}

#[test]
fn files_are_named_by_argument_or_variable() {
    let bench = Bench::new();
    std::fs::write(bench.path("one.toml"), "[database]\nurl = \"sqlite:one/x.db\"\n").unwrap();
    std::fs::write(bench.path("two.toml"), "[database]\nurl = \"sqlite:two/x.db\"\n").unwrap();
    bench.run(&["account", "list", "--config", "one.toml"]).refused(1, "one");
    bench.run(&["--config", "one.toml", "account", "list"]).refused(1, "one");
    bench.run(&["account", "list", "--config", "none.toml"]).refused(2, "none.toml cannot be read");
    let bench = bench.env("USHER_CONFIG", "two.toml");
    bench.run(&["account", "list"]).refused(1, "two");
    bench.run(&["account", "list", "--config", "one.toml"]).refused(1, "one");
    let bench = bench.env("USHER__DATABASE__URL", "sqlite:three/x.db");
    bench.run(&["account", "list"]).refused(1, "three");
}

#[test]
fn unknown_keys_end_the_program() {
    let bench = Bench::new().env("USHER__DATABASE__ULR", "sqlite:x.db");
    bench.run(&["account", "list"]).refused(2, "is not a setting: did you mean USHER__DATABASE__URL?");
}

#[test]
fn development_stays_on_this_machine() {
    Bench::new()
        .env("USHER__SERVER__BIND", "0.0.0.0:0")
        .run(&[])
        .refused(2, "loopback address in development mode");
}

#[test]
fn help_and_version_are_results() {
    let bench = Bench::new();
    let help = bench.run(&["--help"]).done();
    for words in [
        "serve",
        "worker",
        "migrate",
        "account",
        "member",
        "person",
        "token",
        "access-token",
        "health",
        "Exit codes",
        "Example",
    ] {
        assert!(help.contains(words), "{words}");
    }
    assert!(bench.run(&["member", "add", "--help"]).done().contains("--role <ROLE>..."));
    assert!(bench.run(&["--version"]).done().starts_with("usher "));
    // Even where nothing else would work.
    bench.env("USHER__NONSENSE", "1").run(&["serve", "--help"]).done();
}

#[test]
fn wrong_commands_are_usage_errors() {
    let bench = Bench::new();
    for arguments in [&["sevre"][..], &["account"], &["account", "list", "--jsn"], &["serve", "x"]] {
        let ended = bench.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.err.contains("Usage: usher"), "{ended:?}");
    }
}

#[test]
fn pending_migrations_are_not_applied_against_orders() {
    let bench = Bench::new()
        .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
        .env("USHER__SERVER__BIND", "127.0.0.1:0")
        .env("USHER__AUTH__SECRET", SECRET)
        .env("USHER__MAIL__URL", "smtp://127.0.0.1:1")
        .env("USHER__MAIL__FROM", "usher@example.com");
    for command in ["serve", "worker"] {
        bench.run(&[command, "--no-migrate"]).refused(1, "usher migrate");
    }
}

/// Keys and certificates are read before anything else is touched.
#[test]
fn unusable_files_are_a_wrong_configuration() {
    let production = || {
        Bench::new()
            .env("USHER__SERVER__PUBLIC_URL", "https://usher.example.com")
            .env("USHER__AUTH__SECRET", SECRET)
            .env("USHER__MAIL__URL", "smtp://relay.example.com")
            .env("USHER__MAIL__FROM", "usher@example.com")
    };
    let bench = production().env("USHER__MAIL__CA_FILE", "no-such.pem");
    for command in ["serve", "worker"] {
        bench.run(&[command]).refused(2, "no-such.pem");
        assert!(!bench.path("data/usher.db").exists());
    }
    let bench = production();
    let issuer = "[[auth.issuers]]\nissuer = \"https://login.example.com/\"\nkey_files = [\"key.pem\"]\n";
    std::fs::write(bench.path("usher.toml"), issuer).unwrap();
    bench.run(&["serve", "--config", "usher.toml"]).refused(2, "key.pem");
    std::fs::write(bench.path("key.pem"), "no key").unwrap();
    bench.run(&["serve", "--config", "usher.toml"]).refused(2, "https://login.example.com/");
    assert!(!bench.path("data/usher.db").exists());
}
