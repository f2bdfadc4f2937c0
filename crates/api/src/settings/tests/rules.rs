//! Values that have the right type and are still wrong.

use super::*;

fn public_url(url: &str) -> Scenario {
    Scenario::production().env("USHER__SERVER__PUBLIC_URL", url)
}

#[test]
fn the_public_url_is_https_except_on_this_machine() {
    for url in
        ["https://example.com", "https://example.com/usher/", "http://localhost:8080", "http://[::1]:80"]
    {
        public_url(url).load_valid(DeploymentMode::Production);
    }
    for url in [
        "http://example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://u:p@example.com",
    ] {
        public_url(url).problem_of(DeploymentMode::Production, "server.public_url");
    }
    for url in ["example.com", "ftp://example.com", "https://", "https:"] {
        let text = public_url(url).problem_of(DeploymentMode::Production, "server.public_url");
        assert!(text.contains("begins with https://"), "{text}");
    }
    let text = public_url("http://example.com").problem_of(DeploymentMode::Production, "server.public_url");
    assert!(text.contains("server.insecure_public_url"), "{text}");
    public_url("http://example.com")
        .env("USHER__SERVER__INSECURE_PUBLIC_URL", "true")
        .load_valid(DeploymentMode::Production);
}

#[test]
fn trusted_proxies_are_networks_or_addresses() {
    let proxies = |value: &str| Scenario::new().env("USHER__SERVER__TRUSTED_PROXIES", value);
    let networks = proxies("10.0.0.0/8, fd00::/8,192.0.2.1").load_valid(DeploymentMode::Development);
    let networks: Vec<String> = networks.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"]);
    assert!(Scenario::new().load_valid(DeploymentMode::Development).server.trusted_proxies.is_empty());
    for wrong in ["10.0.0.0/33", "proxy.example.com", "*", "10.0.0.0/8;fd00::/8", "::ffff:10.0.0.0/104"] {
        let text = proxies(wrong).problem_of(DeploymentMode::Development, "server.trusted_proxies");
        assert!(text.contains("must be a list of networks"), "{text}");
    }
}

#[test]
fn the_listener_for_operators_has_its_own_address() {
    let admin = |value: &str| Scenario::production().env("USHER__SERVER__ADMIN_BIND", value);
    let bound = |scenario: Scenario| scenario.load_valid(DeploymentMode::Production).server.admin_bind;
    assert_eq!(bound(Scenario::production()), None);
    assert_eq!(bound(admin("0.0.0.0:9090")), "0.0.0.0:9090".parse().ok());
    for (wrong, words) in
        [("9090", "an IP address and a port"), ("127.0.0.1:8080", "another address or port")]
    {
        let text = admin(wrong).problem_of(DeploymentMode::Production, "server.admin_bind");
        assert!(text.contains(words), "{text}");
    }
    admin("0.0.0.0:9090").problem_of(DeploymentMode::Development, "server.admin_bind");
}

#[test]
fn base_urls_have_no_trailing_slash() {
    let here = "127.0.0.1:4711".parse().unwrap();
    for (url, base) in [
        ("https://example.com", "https://example.com"),
        ("https://example.com/usher/", "https://example.com/usher"),
    ] {
        assert_eq!(public_url(url).load_valid(DeploymentMode::Production).server.base_url(here), base);
    }
    assert_eq!(
        Scenario::new().load_valid(DeploymentMode::Development).server.base_url(here),
        "http://127.0.0.1:4711"
    );
}

#[test]
fn secrets_have_32_bytes() {
    for mode in [
        DeploymentMode::Development,
        DeploymentMode::Production,
        DeploymentMode::Signing,
        DeploymentMode::Tool,
    ] {
        let text =
            Scenario::production().env("USHER__AUTH__SECRET", &SECRET[1..]).problem_of(mode, "auth.secret");
        assert!(text.contains("at least 32 bytes: make one with `openssl rand -base64 48`"), "{text}");
    }
    Scenario::production()
        .env("USHER__AUTH__PREVIOUS_SECRETS", "short")
        .problem_of(DeploymentMode::Production, "auth.previous_secrets");
}

#[test]
fn development_mode_listens_on_loopback_only() {
    for bind in ["127.0.0.1:0", "[::1]:8080"] {
        Scenario::new().env("USHER__SERVER__BIND", bind).load_valid(DeploymentMode::Development);
    }
    for bind in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
        let scenario = Scenario::production().env("USHER__SERVER__BIND", bind);
        let text = scenario.problem_of(DeploymentMode::Development, "server.bind");
        assert!(text.contains("usher serve"), "{text}");
        scenario.load_valid(DeploymentMode::Production);
    }
    let text = Scenario::new()
        .env("USHER__SERVER__BIND", "localhost:80")
        .problem_of(DeploymentMode::Tool, "server.bind");
    assert!(text.contains("127.0.0.1:8080"), "{text}");
}

#[test]
fn database_urls_have_a_known_scheme() {
    for url in ["sqlite:a.db", "postgres://h/d", "postgresql://h/d"] {
        Scenario::new().env("USHER__DATABASE__URL", url).load_valid(DeploymentMode::Tool);
    }
    for url in ["a.db", "sqlite:", "mysql://h/d", "SQLITE:a.db", "postgress://h/d", "postgres:h"] {
        Scenario::new().env("USHER__DATABASE__URL", url).problem_of(DeploymentMode::Tool, "database.url");
    }
}

#[test]
fn numbers_and_times_have_bounds() {
    for (name, value, key) in [
        ("USHER__DATABASE__POOL_SIZE", "0", "database.pool_size"),
        ("USHER__DATABASE__POOL_SIZE", "1001", "database.pool_size"),
        ("USHER__DATABASE__POOL_SIZE", "99999999999999999999", "database.pool_size"),
        ("USHER__DATABASE__ACQUIRE_TIMEOUT", "0s", "database.acquire_timeout"),
        ("USHER__DATABASE__CALL_TIMEOUT", "900ms", "database.call_timeout"),
        ("USHER__SERVER__BODY_TIMEOUT", "0s", "server.body_timeout"),
        ("USHER__SERVER__SHUTDOWN_TIMEOUT", "1day", "server.shutdown_timeout"),
        ("USHER__SERVER__HEAD_TIMEOUT", "0s", "server.head_timeout"),
        ("USHER__SERVER__WRITE_TIMEOUT", "0s", "server.write_timeout"),
        ("USHER__SERVER__KEEP_ALIVE", "0s", "server.keep_alive"),
        ("USHER__SERVER__DRAIN_DELAY", "1day", "server.drain_delay"),
        ("USHER__SERVER__MAX_CONNECTIONS", "-1", "server.max_connections"),
        ("USHER__AUTH__LEEWAY", "61s", "auth.leeway"),
        ("USHER__AUTH__TOKEN_LIFETIME", "1s", "auth.token_lifetime"),
        ("USHER__AUTH__TOKEN_LIFETIME", "1y", "auth.token_lifetime"),
        ("USHER__AUTH__MAX_LIFETIME", "367d", "auth.max_lifetime"),
        ("USHER__MAIL__DEADLINE", "121s", "mail.deadline"),
        ("USHER__INVITATIONS__VALIDITY", "59s", "invitations.validity"),
        ("USHER__INVITATIONS__VALIDITY", "-1d", "invitations.validity"),
        ("USHER__INVITATIONS__VALIDITY", "600000000000000y", "invitations.validity"),
        ("USHER__INVITATIONS__RESEND_INTERVAL", "soon", "invitations.resend_interval"),
        ("USHER__INVITATIONS__ACCEPTANCE", "Mailbox", "invitations.acceptance"),
        ("USHER__WORKER__CONCURRENCY", "0", "worker.concurrency"),
        ("USHER__WORKER__POLL_INTERVAL", "0s", "worker.poll_interval"),
        ("USHER__LOG__FILTER", "usher=loud", "log.filter"),
        ("USHER__SERVER__CONTINUE_URL", "javascript:alert(1)", "server.continue_url"),
    ] {
        Scenario::new().env(name, value).problem_of(DeploymentMode::Tool, key);
    }
    for (name, value) in [
        ("USHER__AUTH__LEEWAY", "1m"),
        ("USHER__INVITATIONS__VALIDITY", "10y"),
        ("USHER__MAIL__DEADLINE", "2m"),
    ] {
        Scenario::new().env(name, value).load_valid(DeploymentMode::Tool);
    }
}

#[test]
fn issuers_are_complete_distinct_and_safe() {
    let with =
        |table: &str| Scenario::new().toml(&format!("[auth]\nissuer = \"us\"\n[[auth.issuers]]\n{table}"));
    for (table, key) in [
        ("jwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
        ("issuer = \"a\"", "auth.issuers[0]"),
        ("issuer = \"a\"\njwks_url = \"http://a.example/\"", "auth.issuers[0].jwks_url"),
        ("issuer = \"a\"\nkey_files = [\"absent.pem\"]", "auth.issuers[0].key_files"),
        ("issuer = \"us\"\njwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
        ("issuer = \"a\"\njwks_url = \"https://a.example/\"\nemail = \"x\"", "auth.issuers[0].email"),
        ("issuer = 1\njwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
    ] {
        with(table).problem_of(DeploymentMode::Development, key);
    }
    let empty = with("").problems(DeploymentMode::Development);
    let keys: Vec<&str> = empty.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["auth.issuers[0].issuer", "auth.issuers[0]"]);
    let both = "issuer = \"a\"\njwks_url = \"https://a.example/\"\nkey_files = [\"a.pem\"]";
    with(both).problem_of(DeploymentMode::Tool, "auth.issuers[0]");
    let one = "issuer = \"a\"\njwks_url = \"https://a.example/\"\n";
    with(&format!("{one}home = true\n[[auth.issuers]]\n{one}accounts = \"onward\"\n"))
        .problem_of(DeploymentMode::Tool, "auth.issuers[1].issuer");
    for host in ["127.0.0.1", "localhost", "idp.localhost"] {
        with(&format!("issuer = \"a\"\njwks_url = \"http://{host}:99/\""))
            .load_valid(DeploymentMode::Development);
    }
}

/// Key sets inside a private network, and those that the issuer's configuration names.
#[test]
fn keys_are_fetched_without_tls_only_if_a_setting_says_so() {
    let with = |table: &str| Scenario::new().toml(&format!("[[auth.issuers]]\n{table}"));
    let plain = "issuer = \"https://id.example.com\"\njwks_url = \"http://keycloak:8080/certs\"\n";
    let text = with(plain).problem_of(DeploymentMode::Tool, "auth.issuers[0].jwks_url");
    assert!(text.contains("https://") && text.contains("insecure_jwks_url = true"), "{text}");
    with(&format!("{plain}insecure_jwks_url = true")).load_valid(DeploymentMode::Development);
    for discovered in ["https://id.example.com", "https://id.example.com/realms/a", "http://localhost:8080"] {
        with(&format!("issuer = \"{discovered}\"")).load_valid(DeploymentMode::Development);
    }
    for unknown in ["accounts.google.com", "http://keycloak:8080/realms/a", "https:", "urn:issuer"] {
        let text =
            with(&format!("issuer = \"{unknown}\"")).problem_of(DeploymentMode::Tool, "auth.issuers[0]");
        assert!(text.contains("needs jwks_url or key_files"), "{text}");
    }
    with("issuer = \"http://keycloak:8080/realms/a\"\ninsecure_jwks_url = true")
        .load_valid(DeploymentMode::Development);
}

/// The operator of an issuer without a restriction can act for every person.
#[test]
fn only_one_issuer_vouches_for_everyone() {
    let tables = |restrictions: &[&str]| {
        let table = |(number, restriction): (usize, &&str)| {
            format!("[[auth.issuers]]\nissuer = \"https://{number}.example/\"\n{restriction}\n")
        };
        Scenario::new().toml(&restrictions.iter().enumerate().map(table).collect::<String>())
    };
    let (home, accounts, domains) =
        ("home = true", "accounts = [\"onward\"]", "email_domains = [\"example.com\"]");
    for valid in [
        &[""][..],
        &[home],
        &[accounts],
        &[home, accounts, domains],
        &[accounts, home],
        &[accounts, domains],
        &["home = true\nemail_domains = [\"example.com\"]", accounts],
    ] {
        tables(valid).load_valid(DeploymentMode::Development);
    }
    for (invalid, key) in [
        (&["", accounts][..], "auth.issuers[0]"),
        (&[home, ""], "auth.issuers[1]"),
        (&[accounts, domains, ""], "auth.issuers[2]"),
        (&[home, accounts, home], "auth.issuers[2].home"),
    ] {
        let text = tables(invalid).problem_of(DeploymentMode::Tool, key);
        assert!(text.contains("email_domains"), "{text}");
    }
    assert_eq!(tables(&["", ""]).problems(DeploymentMode::Tool).len(), 2);
    let text = tables(&[home, ""]).problem_of(DeploymentMode::Tool, "auth.issuers[1]");
    assert!(text.contains("accounts") && text.contains("home = true"), "{text}");
}

#[test]
fn addresses_are_trusted_only_within_domains_or_at_home() {
    let trust = "[[auth.issuers]]\nissuer = \"https://a.example/\"\nemail_trust = \"always\"\n";
    for valid in ["", "home = true", "email_domains = \"example.com\""] {
        Scenario::new().toml(&format!("{trust}{valid}")).load_valid(DeploymentMode::Development);
    }
    let accounts = Scenario::new().toml(&format!("{trust}accounts = \"onward\""));
    let text = accounts.problem_of(DeploymentMode::Tool, "auth.issuers[0].email_trust");
    assert!(text.contains("email_domains"), "{text}");
}

#[test]
fn tokens_of_a_login_do_not_outlive_the_longest_lifetime() {
    let scenario = Scenario::new().env("USHER__AUTH__MAX_LIFETIME", "1h");
    scenario.problem_of(DeploymentMode::Tool, "auth.token_lifetime");
    scenario.env("USHER__AUTH__TOKEN_LIFETIME", "1h").load_valid(DeploymentMode::Tool);
}
