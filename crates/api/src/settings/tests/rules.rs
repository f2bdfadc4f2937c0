//! What is refused although it can be read.

use super::*;

fn public_url(url: &str) -> Desk {
    Desk::production().env("USHER__SERVER__PUBLIC_URL", url)
}

#[test]
fn the_public_url_is_https_unless_it_is_here() {
    for url in
        ["https://example.com", "https://example.com/usher/", "http://localhost:8080", "http://[::1]:80"]
    {
        public_url(url).sound(Mode::Production);
    }
    for url in [
        "http://example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://u:p@example.com",
    ] {
        public_url(url).refused_for(Mode::Production, "server.public_url");
    }
    for url in ["example.com", "ftp://example.com", "https://", "https:"] {
        let text = public_url(url).refused_for(Mode::Production, "server.public_url");
        assert!(text.contains("begins with https://"), "{text}");
    }
    let text = public_url("http://example.com").refused_for(Mode::Production, "server.public_url");
    assert!(text.contains("server.insecure_public_url"), "{text}");
    public_url("http://example.com")
        .env("USHER__SERVER__INSECURE_PUBLIC_URL", "true")
        .sound(Mode::Production);
}

#[test]
fn base_urls_have_no_trailing_slash() {
    let here = "127.0.0.1:4711".parse().unwrap();
    for (url, base) in [
        ("https://example.com", "https://example.com"),
        ("https://example.com/usher/", "https://example.com/usher"),
    ] {
        assert_eq!(public_url(url).sound(Mode::Production).server.base_url(here), base);
    }
    assert_eq!(Desk::new().sound(Mode::Development).server.base_url(here), "http://127.0.0.1:4711");
}

#[test]
fn secrets_have_32_bytes() {
    for mode in [Mode::Development, Mode::Production, Mode::Signing, Mode::Tool] {
        let text =
            Desk::production().env("USHER__AUTH__SECRET", &SECRET[1..]).refused_for(mode, "auth.secret");
        assert!(text.contains("at least 32 bytes: make one with `openssl rand -base64 48`"), "{text}");
    }
    Desk::production()
        .env("USHER__AUTH__PREVIOUS_SECRETS", "short")
        .refused_for(Mode::Production, "auth.previous_secrets");
}

#[test]
fn development_listens_at_home_only() {
    for bind in ["127.0.0.1:0", "[::1]:8080"] {
        Desk::new().env("USHER__SERVER__BIND", bind).sound(Mode::Development);
    }
    for bind in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
        let desk = Desk::production().env("USHER__SERVER__BIND", bind);
        let text = desk.refused_for(Mode::Development, "server.bind");
        assert!(text.contains("usher serve"), "{text}");
        desk.sound(Mode::Production);
    }
    let text = Desk::new().env("USHER__SERVER__BIND", "localhost:80").refused_for(Mode::Tool, "server.bind");
    assert!(text.contains("127.0.0.1:8080"), "{text}");
}

#[test]
fn database_urls_have_a_known_scheme() {
    for url in ["sqlite:a.db", "postgres://h/d", "postgresql://h/d"] {
        Desk::new().env("USHER__DATABASE__URL", url).sound(Mode::Tool);
    }
    for url in ["a.db", "sqlite:", "mysql://h/d", "SQLITE:a.db", "postgress://h/d", "postgres:h"] {
        Desk::new().env("USHER__DATABASE__URL", url).refused_for(Mode::Tool, "database.url");
    }
}

#[test]
fn numbers_and_times_have_bounds() {
    for (name, value, key) in [
        ("USHER__DATABASE__POOL_SIZE", "0", "database.pool_size"),
        ("USHER__DATABASE__POOL_SIZE", "1001", "database.pool_size"),
        ("USHER__DATABASE__POOL_SIZE", "99999999999999999999", "database.pool_size"),
        ("USHER__DATABASE__ACQUIRE_TIMEOUT", "0s", "database.acquire_timeout"),
        ("USHER__SERVER__BODY_TIMEOUT", "0s", "server.body_timeout"),
        ("USHER__SERVER__SHUTDOWN_TIMEOUT", "1day", "server.shutdown_timeout"),
        ("USHER__AUTH__LEEWAY", "61s", "auth.leeway"),
        ("USHER__AUTH__TOKEN_LIFETIME", "1s", "auth.token_lifetime"),
        ("USHER__AUTH__TOKEN_LIFETIME", "1y", "auth.token_lifetime"),
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
        Desk::new().env(name, value).refused_for(Mode::Tool, key);
    }
    for (name, value) in [
        ("USHER__AUTH__LEEWAY", "1m"),
        ("USHER__INVITATIONS__VALIDITY", "10y"),
        ("USHER__MAIL__DEADLINE", "2m"),
    ] {
        Desk::new().env(name, value).sound(Mode::Tool);
    }
}

#[test]
fn issuers_are_complete_distinct_and_safe() {
    let with = |table: &str| Desk::new().toml(&format!("[auth]\nissuer = \"us\"\n[[auth.issuers]]\n{table}"));
    for (table, key) in [
        ("jwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
        ("issuer = \"a\"", "auth.issuers[0]"),
        ("issuer = \"a\"\njwks_url = \"http://a.example/\"", "auth.issuers[0].jwks_url"),
        ("issuer = \"a\"\nkey_files = [\"absent.pem\"]", "auth.issuers[0].key_files"),
        ("issuer = \"us\"\njwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
        ("issuer = \"a\"\njwks_url = \"https://a.example/\"\nemail = \"x\"", "auth.issuers[0].email"),
        ("issuer = 1\njwks_url = \"https://a.example/\"", "auth.issuers[0].issuer"),
    ] {
        with(table).refused_for(Mode::Development, key);
    }
    let both = "issuer = \"a\"\njwks_url = \"https://a.example/\"\nkey_files = [\"a.pem\"]";
    with(both).refused_for(Mode::Tool, "auth.issuers[0]");
    let one = "issuer = \"a\"\njwks_url = \"https://a.example/\"\n";
    with(&format!("{one}[[auth.issuers]]\n{one}")).refused_for(Mode::Tool, "auth.issuers[1].issuer");
    for host in ["127.0.0.1", "localhost", "idp.localhost"] {
        with(&format!("issuer = \"a\"\njwks_url = \"http://{host}:99/\"")).sound(Mode::Development);
    }
}
