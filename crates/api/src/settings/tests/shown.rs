use super::{SECRET, Scenario};
use crate::settings::Settings;

/// The shown settings as lines.
fn lines(scenario: &Scenario) -> Vec<String> {
    let shown = Settings::show(scenario.sources()).unwrap();
    shown.iter().map(|setting| format!("{} = {} # {}", setting.key, setting.value, setting.source)).collect()
}

#[test]
fn settings_are_shown_with_their_sources() {
    let scenario = Scenario::production()
        .toml("[server]\nthreads = 3\n[worker]\nenabled = false\n[[auth.issuers]]\nissuer = \"https://a.example/\"\n")
        .env("USHER__SERVER__THREADS", "4");
    let shown = lines(&scenario);
    for line in [
        "server.bind = \"127.0.0.1:8080\" # default",
        "server.threads = \"4\" # USHER__SERVER__THREADS",
        "worker.enabled = false # file",
        "auth.previous_secrets = [] # default",
        "auth.issuers[0].issuer = \"https://a.example/\" # file",
    ] {
        assert!(shown.iter().any(|shown| shown == line), "{line} is not in {shown:#?}");
    }
    let position = |key: &str| shown.iter().position(|line| line.starts_with(key)).unwrap();
    assert!(position("server.bind") < position("auth.secret"));
    assert!(
        position("auth.token_lifetime") < position("auth.issuers")
            && position("auth.issuers") < position("mail.url")
    );
}

#[test]
fn secrets_are_not_shown() {
    let scenario = Scenario::production()
        .env("USHER__AUTH__PREVIOUS_SECRETS", &format!("{SECRET}a,{SECRET}b"))
        .env(
            "USHER__DATABASE__URL",
            "postgres://usher:hidden@db.example.com:5433/usher?sslmode=require&password=hidden",
        )
        .env("USHER__MAIL__URL", "smtp://usher:hidden@relay.example.com:587")
        .env("USHER__MAIL__PASSWORD", "hidden")
        .toml("[[auth.issuers]]\nissuer = \"a\"\njwks_url = \"https://a.example/keys?key=hidden\"\n");
    let shown = lines(&scenario);
    let all = shown.join("\n");
    assert!(!all.contains("hidden") && !all.contains(SECRET), "{all}");
    for line in [
        "auth.secret = \"…\" # USHER__AUTH__SECRET",
        "auth.previous_secrets = \"…\" # USHER__AUTH__PREVIOUS_SECRETS",
        "database.url = \"postgres://…@db.example.com:5433/usher?…\" # USHER__DATABASE__URL",
        "mail.url = \"smtp://…@relay.example.com:587\" # USHER__MAIL__URL",
        "mail.password = \"…\" # USHER__MAIL__PASSWORD",
        "auth.issuers[0].jwks_url = \"https://a.example/keys?…\" # file",
    ] {
        assert!(shown.iter().any(|shown| shown == line), "{line} is not in {all}");
    }
    // Several hosts, as libpq allows: not a URL for the parser.
    let scenario = Scenario::new().env("USHER__DATABASE__URL", "postgres://u:hidden@one:1,two:2/usher");
    assert!(!lines(&scenario).join("\n").contains("hidden"));
    let scenario = Scenario::new().env("USHER__DATABASE__URL", "sqlite:data/usher.db");
    assert!(
        lines(&scenario)
            .contains(&"database.url = \"sqlite:data/usher.db\" # USHER__DATABASE__URL".to_owned())
    );
}
