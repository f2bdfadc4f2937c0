//! `usher doctor`

use serde_json::Value;
use usher_testbed::PostgresServer;

use super::{
    program::{Ended, Program, SECRET},
    relay::{relay, with_relay},
};

/// A complete deployment with this relay, before its first migration.
fn deployment(password: &str, server: &usher_testbed::SmtpServer) -> Program {
    with_relay(server, password)
        .env("USHER__SERVER__PUBLIC_URL", "http://127.0.0.1:1")
        .env("USHER__AUTH__SECRET", SECRET)
}

/// The checks as (name, whether it succeeded, detail).
fn checks(ended: &Ended) -> Vec<(String, bool, String)> {
    let json: Value = serde_json::from_str(&ended.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let check = |check: &Value| (text(&check["check"]), check["ok"] == true, text(&check["detail"]));
    json["checks"].as_array().unwrap().iter().map(check).collect()
}

fn failed(ended: &Ended) -> Vec<String> {
    checks(ended).into_iter().filter(|(_, ok, _)| !ok).map(|(name, ..)| name).collect()
}

#[test]
fn a_sound_deployment_has_one_line_for_each_check() {
    let relay = relay();
    let database = PostgresServer::shared().unwrap().create_database().unwrap();
    let program = deployment("secret", &relay).env("USHER__DATABASE__URL", database.url());
    program.run(&["migrate"]).stdout();
    let text = program.run(&["doctor"]).stdout();
    let names: Vec<&str> = text.lines().map(|line| line[6..].split("  ").next().unwrap().trim()).collect();
    assert_eq!(names, ["settings", "database", "migrations", "clock", "relay", "public URL"], "{text}");
    assert!(text.lines().all(|line| line.starts_with("ok    ")), "{text}");
    assert!(text.contains("the same as the database's"), "{text}");
    assert!(text.contains("is ready (connecting, STARTTLS, TLS, greeting, login)"), "{text}");
    let json = program.run(&["doctor", "--json"]).json();
    assert_eq!(json["ok"], true);
    assert!(relay.messages().unwrap().is_empty(), "no mail is sent");
}

#[test]
fn failed_checks_say_what_to_do() {
    let relay = relay();
    let program = deployment("mistyped", &relay);
    let ended = program.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("2 checks failed"), "{ended:?}");
    assert!(
        ended.out.contains("FAIL  database    the database file data/usher.db does not exist"),
        "{ended:?}"
    );
    assert!(ended.out.contains("login: 535 "), "{ended:?}");
    assert!(!ended.out.contains("mistyped") && !program.path("data/usher.db").exists(), "{ended:?}");

    std::fs::write(program.path("data/usher.db"), "").unwrap();
    let ended = program.run(&["doctor", "--json"]);
    assert_eq!((ended.code, failed(&ended)), (Some(1), vec!["migrations".to_owned(), "relay".to_owned()]));
}

#[test]
fn missing_settings_do_not_keep_the_rest_from_being_checked() {
    let program = Program::migrated();
    let ended = program.run(&["doctor", "--json"]);
    let expected = ["settings", "settings", "settings", "settings", "relay", "public URL"];
    assert_eq!((ended.code, failed(&ended)), (Some(1), expected.map(str::to_owned).to_vec()));
    let database = checks(&ended).into_iter().find(|(name, ..)| name == "database").unwrap();
    assert!(database.1, "{database:?}");
    // Wrong settings do.
    let ended = program.env("USHER__DATABASE__ULR", "x").run(&["doctor", "--json"]);
    assert!(checks(&ended).iter().all(|(name, ..)| name == "settings"), "{ended:?}");
}

#[test]
fn key_sets_are_fetched() {
    let relay = relay();
    let program = deployment("secret", &relay);
    program.run(&["migrate"]).stdout();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let body = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    });
    let issuer =
        format!("[[auth.issuers]]\nissuer = \"https://a.example/\"\njwks_url = \"http://{address}/keys\"\n");
    std::fs::write(program.path("usher.toml"), issuer).unwrap();
    let ended = program.run(&["doctor", "--json", "--config", "usher.toml"]);
    answer.join().unwrap();
    let keys = || "keys of https://a.example/".to_owned();
    assert!(checks(&ended).contains(&(keys(), true, "one key can be used".to_owned())), "{ended:?}");
    // The port is closed now.
    let ended = program.run(&["doctor", "--json", "--config", "usher.toml"]);
    assert_eq!((ended.code, failed(&ended)), (Some(1), vec![keys()]), "{ended:?}");
}
