//! `usher access-token …`

use serde_json::{Value, json};

use super::program::{Ended, Program};

const JANE: [&str; 4] = ["--account", "onward", "--email", "jane@example.com"];

/// The account, and Jane as its administrator. No secret is required.
fn with_jane() -> Program {
    let program = Program::migrated();
    program.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).stdout();
    let add = ["member", "add", "--name", "Jane Smith", "--role", "GlobalAdmin"];
    program.run(&[&add[..], &JANE].concat()).stdout();
    program
}

fn create(program: &Program, more: &[&str]) -> Ended {
    program.run(&[&["access-token", "create", "--name", "Deployment"], &JANE[..], more].concat())
}

fn list(program: &Program, more: &[&str]) -> Ended {
    program.run(&[&["access-token", "list", "--account", "onward"], more].concat())
}

fn revoke(program: &Program, id: &str, more: &[&str]) -> Ended {
    program.run(&[&["access-token", "revoke", "--account", "onward", "--id", id], more].concat())
}

#[track_caller]
fn assert_form(text: &str, length: usize) {
    assert_eq!(text.len(), length, "{text}");
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
}

/// Seconds from one moment to another.
fn between(json: &Value, from: &str, to: &str) -> i64 {
    let at = |name: &str| json[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    (at(to) - at(from)).num_seconds()
}

#[test]
fn the_token_is_the_whole_output() {
    let program = with_jane();
    let ended = create(&program, &[]);
    assert!(ended.err.contains("only its digest is stored"), "{ended:?}");
    assert!(ended.err.contains("usher access-token revoke --account onward --id "), "{ended:?}");
    let note = ended.err.clone();
    let secret = ended.stdout();
    assert_form(&secret, 32);
    assert!(!note.contains(&secret));
    assert_ne!(create(&program, &[]).stdout(), secret);

    let json = create(&program, &["--json", "--scope", "global:read", "--expires", "90d"]).json();
    assert_form(json["token"].as_str().unwrap(), 32);
    assert_form(json["id"].as_str().unwrap(), 22);
    let shown = ["email", "name", "scope", "revoked_at"].map(|name| &json[name]);
    assert_eq!(json!(shown), json!(["jane@example.com", "Deployment", "global:read", null]));
    // Times are in whole seconds.
    let term = between(&json, "created_at", "expires_at");
    assert_eq!(term, 90 * 24 * 60 * 60);
    assert_eq!(create(&program, &["--json"]).json()["expires_at"], Value::Null);
}

#[test]
fn the_list_shows_no_secret() {
    let program = with_jane();
    assert_eq!(list(&program, &[]).out, "");
    assert_eq!(list(&program, &["--json"]).json(), json!([]));
    let mut created = vec![
        create(&program, &["--json"]).json(),
        create(&program, &["--json", "--scope", "global:read", "--expires", "24h"]).json(),
    ];
    revoke(&program, created[0]["id"].as_str().unwrap(), &[]).stdout();
    let secrets: Vec<Value> =
        created.iter_mut().map(|json| json.as_object_mut().unwrap().remove("token").unwrap()).collect();
    let listed = list(&program, &["--json"]).json();
    assert!(listed[0]["revoked_at"].as_str().unwrap().ends_with('Z'));
    created[0]["revoked_at"] = listed[0]["revoked_at"].clone();
    assert_eq!(listed, json!(created));

    let text = list(&program, &[]).stdout();
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        ["global ", "  jane@example.com  Deployment  revoked "],
        ["global:read  jane@example.com  Deployment  until ", ""],
    ];
    assert_eq!(lines.len(), expected.len(), "{text}");
    for ((line, json), parts) in lines.iter().zip(&created).zip(expected) {
        assert!(line.starts_with(json["id"].as_str().unwrap()), "{line}");
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
    for secret in secrets {
        let secret = secret.as_str().unwrap();
        assert!(!text.contains(secret) && !listed.to_string().contains(secret));
    }
}

#[test]
fn a_token_is_revoked_once() {
    let program = with_jane();
    let id = create(&program, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(revoke(&program, &id, &[]).stdout(), format!("access token {id} is revoked"));
    revoke(&program, &id, &[])
        .assert_failed(1, "`usher access-token list --account onward` lists all tokens");
    let id = create(&program, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(revoke(&program, &id, &["--json"]).json(), json!({ "id": id }));
    // A token can be revoked in its own account only.
    let id = create(&program, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    program.run(&["account", "create", "--name", "other", "--title", "Other"]).stdout();
    let other = ["access-token", "revoke", "--account", "other", "--id", &id];
    program.run(&other).assert_failed(1, "this account has no access token");
    revoke(&program, &id, &[]).stdout();
}

#[test]
fn failures_come_with_advice() {
    let program = with_jane();
    let run = |words: &str| program.run(&words.split(' ').collect::<Vec<_>>());
    run("access-token create --account none --email jane@example.com --name D")
        .assert_failed(1, "there is no account named none: `usher account list` lists all accounts");
    run("access-token create --account onward --email joe@example.com --name D").assert_failed(
        1,
        "joe@example.com is not a member of this account: `usher member add` adds a member",
    );
    program.run(&["person", "create", "--email", "joe@example.com", "--name", "Joe"]).stdout();
    run("access-token create --account onward --email joe@example.com --name D")
        .assert_failed(1, "joe@example.com is not a member of this account");
    run("access-token list --account none").assert_failed(1, "`usher account list` lists all accounts");
    let id = "2bXr7KqVn0mTz5LcWd8Yp4";
    run(&format!("access-token revoke --account none --id {id}"))
        .assert_failed(1, "there is no account named none");
    revoke(&program, id, &[]).assert_failed(1, "`usher access-token list --account onward` lists all tokens");
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let program = Program::new();
    create(&program, &["--scope", "purge_all"]).assert_failed(2, "[possible values: global, global:read]");
    for term in ["0s", "11y", "soon", "90"] {
        create(&program, &["--expires", term]).assert_failed(2, "--expires <TIME>");
    }
    revoke(&program, "short", &[]).assert_failed(2, "must be 22 letters and digits");
    program.run(&["access-token", "create", "--account", "onward"]).assert_failed(2, "--email <EMAIL>");
    assert!(!program.path("data/usher.db").exists(), "the database was not created");
}
