//! The sources of values and their precedence.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use usher_auth::EmailTrust;

use super::*;
use crate::settings::{Acceptance, LogFormat};

#[test]
fn the_defaults_alone_are_enough_for_development() {
    let settings = Scenario::new().load_valid(DeploymentMode::Development);
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8080");
    assert!(settings.server.public_url.is_none());
    assert!(settings.server.threads >= 1);
    assert_eq!(settings.server.body_timeout, Duration::from_secs(8));
    assert_eq!(settings.server.shutdown_timeout, Duration::from_secs(15));
    assert!(settings.server.continue_url.is_none());
    assert_eq!(settings.database.url.expose_secret(), "sqlite:data/usher.db");
    assert_eq!(settings.database.pool_size, 8);
    assert_eq!(settings.database.acquire_timeout, Duration::from_millis(250));
    assert_eq!(settings.database.call_timeout, Duration::from_secs(5));
    assert_eq!(settings.database.check_timeout, Duration::from_millis(50));
    assert!(settings.database.statement_cache && settings.database.migrate);
    assert_eq!(settings.auth.leeway, Duration::from_secs(30));
    assert_eq!(settings.auth.token_lifetime, Duration::from_hours(24));
    assert!(settings.auth.issuers.is_empty() && settings.auth.previous_secrets.is_empty());
    assert!(settings.mail.is_none());
    assert_eq!(settings.invitations.validity, Duration::from_hours(14 * 24));
    assert_eq!(settings.invitations.resend_interval, Duration::from_mins(1));
    assert_eq!(settings.invitations.acceptance, Acceptance::Mailbox);
    assert!(!settings.landscape.strict_content_type);
    assert_eq!(settings.fastly.validity, Duration::from_hours(7 * 24));
    assert_eq!(settings.limits.writes_per_hour, 1000);
    assert!(settings.worker.enabled);
    assert_eq!(settings.worker.concurrency, 4);
    assert_eq!(settings.worker.poll_interval, Duration::from_secs(1));
    assert_eq!(settings.log.format, LogFormat::Text);
    assert_eq!(settings.log.filter, "info");
}

#[test]
fn environment_beats_file_beats_defaults() {
    let scenario = Scenario::new().toml(
        "[server]\nbind = \"127.0.0.1:1111\"\nthreads = 3\n[worker]\nenabled = false\n[log]\nfilter = \"debug\"\n",
    );
    let scenario =
        scenario.env("USHER__SERVER__BIND", "127.0.0.1:2222").env("USHER__WORKER__CONCURRENCY", "7");
    let settings = scenario.load_valid(DeploymentMode::Development);
    assert_eq!(settings.server.bind.port(), 2222, "environment");
    assert_eq!(settings.server.threads, 3, "file");
    assert!(!settings.worker.enabled, "file");
    assert_eq!(settings.worker.concurrency, 7, "environment");
    assert_eq!(settings.log.filter, "debug", "file");
    assert_eq!(settings.database.pool_size, 8, "default");
}

#[test]
fn empty_texts_count_as_not_set() {
    let scenario = Scenario::new().toml("[server]\nbind = \"127.0.0.1:1111\"\n[log]\nfilter = \"\"\n");
    let settings = scenario
        .env("USHER__SERVER__BIND", "")
        .env("USHER__AUTH__SECRET", "")
        .load_valid(DeploymentMode::Development);
    assert_eq!(settings.server.bind.port(), 1111);
    assert_eq!(settings.log.filter, "info");
}

#[test]
fn other_variables_are_ignored() {
    let scenario = Scenario::new().env("USHER_CONFIG", "elsewhere.toml").env("PATH", "/bin");
    // A container platform sets these for a service named usher.
    scenario
        .env("USHER_SERVICE_HOST", "10.0.0.1")
        .env("USHER_PORT", "tcp://10.0.0.1:80")
        .load_valid(DeploymentMode::Development);
}

#[test]
fn variables_are_read_in_any_case() {
    assert_eq!(
        Scenario::new()
            .env("usher__server__bind", "127.0.0.1:5")
            .load_valid(DeploymentMode::Tool)
            .server
            .bind
            .port(),
        5
    );
}

#[test]
fn issuers_come_from_the_file() {
    let scenario = Scenario::new();
    let pem = scenario.write("key.pem", "PEM");
    let text = format!(
        "[[auth.issuers]]\nissuer = \"one\"\njwks_url = \"https://one.example/keys\"\nemail_claim = \"mail\"\n\
         home = true\n[[auth.issuers]]\nissuer = \"two\"\naudience = \"usher\"\naccounts = [\"onward\"]\n\
         key_files = [{:?}]\n",
        show(&pem)
    );
    let issuers = scenario.toml(&text).load_valid(DeploymentMode::Development).auth.issuers;
    let [one, two] = issuers.as_slice() else { panic!("{issuers:?}") };
    assert_eq!(one.jwks_url.as_ref().unwrap().as_str(), "https://one.example/keys");
    let claims = [&one.email_claim, &one.account_claim, &one.email_verified_claim, &one.name_claim];
    assert_eq!(claims.map(ToString::to_string), ["mail", "acc", "email_verified", "name"]);
    assert_eq!((two.audience.join(" "), two.key_files.as_slice()), ("usher".to_owned(), [pem].as_slice()));
    assert_eq!(two.max_lifetime, Duration::from_hours(31 * 24));
}

#[test]
fn issuers_come_from_the_environment_too() {
    let scenario = Scenario::new()
        .toml("[[auth.issuers]]\nissuer = \"https://one.example/\"\naudience = \"file\"\nhome = true\n")
        .env("USHER__AUTH__ISSUERS__0__AUDIENCE", "web, mobile")
        .env("usher__auth__issuers__1__issuer", "https://two.example/")
        .env("USHER__AUTH__ISSUERS__1__JWKS_URL", "http://two:8080/keys")
        .env("USHER__AUTH__ISSUERS__1__INSECURE_JWKS_URL", "true")
        .env("USHER__AUTH__ISSUERS__1__EMAIL_CLAIM", "/email,/emails/0")
        .env("USHER__AUTH__ISSUERS__1__EMAIL_DOMAINS", "Example.com")
        .env("USHER__AUTH__ISSUERS__1__EMAIL_TRUST", "always")
        .env("USHER__AUTH__ISSUERS__1__MAX_LIFETIME", "1h");
    let issuers = scenario.load_valid(DeploymentMode::Development).auth.issuers;
    let [one, two] = issuers.as_slice() else { panic!("{issuers:?}") };
    assert_eq!(
        (one.issuer.as_str(), one.audience.join(" ")),
        ("https://one.example/", "web mobile".to_owned())
    );
    assert!(one.home && two.insecure_jwks_url);
    assert_eq!(two.email_claim.to_string(), "/email or /emails/0");
    assert_eq!(two.email_domains, ["example.com"]);
    assert_eq!(two.email_trust, EmailTrust::Always);
    assert_eq!(two.max_lifetime, Duration::from_hours(1));

    let scenario = Scenario::new().env("USHER__AUTH__ISSUERS__0__ISSUER", "https://one.example/");
    let text = scenario
        .env("USHER__AUTH__ISSUERS__0__AUDIENCES", "x")
        .problem_of(DeploymentMode::Tool, "auth.issuers[0].audiences");
    assert!(text.contains("did you mean USHER__AUTH__ISSUERS__0__AUDIENCE?"), "{text}");
    let gap = Scenario::new().env("USHER__AUTH__ISSUERS__1__ISSUER", "https://one.example/");
    gap.problem_of(DeploymentMode::Tool, "auth.issuers[1].issuer");
}

#[test]
fn audiences_and_claims_are_texts_or_lists() {
    let with = |line: &str| {
        Scenario::new().toml(&format!("[[auth.issuers]]\nissuer = \"https://one.example/\"\n{line}\n"))
    };
    let issuer = |line| with(line).load_valid(DeploymentMode::Development).auth.issuers.remove(0);
    assert_eq!(issuer("audience = [\"web\", \"mobile\"]").audience, ["web", "mobile"]);
    assert_eq!(issuer("audience = \"web,mobile\"").audience, ["web,mobile"], "a file has lists");
    assert_eq!(issuer("audience = \"\"").audience, [""; 0]);
    let claims = issuer("email_claim = [\"email\", \"/emails/0\"]\naudience_claim = \"azp\"");
    assert_eq!(
        (claims.email_claim.to_string(), claims.audience_claim.to_string()),
        ("email or /emails/0".into(), "azp".into())
    );
    for (line, key) in [
        ("email_claim = \"/a~2\"", "email_claim"),
        ("email_claim = 1", "email_claim"),
        ("name_claim = [1]", "name_claim"),
        ("audience = true", "audience"),
        ("accounts = [\"On ward\"]", "accounts"),
        ("email_domains = \"localhost\"", "email_domains"),
        ("email_domains = [\"jane@example.com\"]", "email_domains"),
        ("email_trust = \"Always\"", "email_trust"),
        ("max_lifetime = \"1s\"", "max_lifetime"),
        ("home = \"true\"", "home"),
    ] {
        with(line).problem_of(DeploymentMode::Development, &format!("auth.issuers[0].{key}"));
    }
}

#[test]
fn lists_in_the_environment_have_commas() {
    let scenario = Scenario::new().env("USHER__AUTH__PREVIOUS_SECRETS", &format!("{SECRET}a, {SECRET}b,"));
    let secrets = scenario.load_valid(DeploymentMode::Development).auth.previous_secrets;
    let secrets: Vec<&str> = secrets.iter().map(SecretString::expose_secret).collect();
    assert_eq!(secrets, [format!("{SECRET}a"), format!("{SECRET}b")]);
}
