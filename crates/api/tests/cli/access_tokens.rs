//! `usher access-token …`

use serde_json::{Value, json};

use super::bench::{Bench, Ended};

const JANE: [&str; 4] = ["--account", "onward", "--email", "jane@example.com"];

/// The account, and Jane as its administrator. No server's secret is needed.
fn with_jane() -> Bench {
    let bench = Bench::new();
    bench.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).done();
    let add = ["member", "add", "--name", "Jane Smith", "--role", "GlobalAdmin"];
    bench.run(&[&add[..], &JANE].concat()).done();
    bench
}

fn create(bench: &Bench, more: &[&str]) -> Ended {
    bench.run(&[&["access-token", "create", "--name", "Deployment"], &JANE[..], more].concat())
}

fn list(bench: &Bench, more: &[&str]) -> Ended {
    bench.run(&[&["access-token", "list", "--account", "onward"], more].concat())
}

fn revoke(bench: &Bench, id: &str, more: &[&str]) -> Ended {
    bench.run(&[&["access-token", "revoke", "--account", "onward", "--id", id], more].concat())
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
fn the_token_is_the_whole_result() {
    let bench = with_jane();
    let ended = create(&bench, &[]);
    assert!(ended.err.contains("only its digest is stored"), "{ended:?}");
    assert!(ended.err.contains("usher access-token revoke --account onward --id "), "{ended:?}");
    let note = ended.err.clone();
    let secret = ended.done();
    assert_form(&secret, 32);
    assert!(!note.contains(&secret));
    assert_ne!(create(&bench, &[]).done(), secret);

    let json = create(&bench, &["--json", "--scope", "global:read", "--expires", "90d"]).json();
    assert_form(json["token"].as_str().unwrap(), 32);
    assert_form(json["id"].as_str().unwrap(), 22);
    let told = ["email", "name", "scope", "revoked_at"].map(|name| &json[name]);
    assert_eq!(json!(told), json!(["jane@example.com", "Deployment", "global:read", null]));
    // Times are told in whole seconds.
    let term = between(&json, "created_at", "expires_at");
    assert_eq!(term, 90 * 24 * 60 * 60);
    assert_eq!(create(&bench, &["--json"]).json()["expires_at"], Value::Null);
}

#[test]
fn the_list_has_everything_but_the_secret() {
    let bench = with_jane();
    assert_eq!(list(&bench, &[]).out, "");
    assert_eq!(list(&bench, &["--json"]).json(), json!([]));
    let mut made = vec![
        create(&bench, &["--json"]).json(),
        create(&bench, &["--json", "--scope", "global:read", "--expires", "24h"]).json(),
    ];
    revoke(&bench, made[0]["id"].as_str().unwrap(), &[]).done();
    let secrets: Vec<Value> =
        made.iter_mut().map(|json| json.as_object_mut().unwrap().remove("token").unwrap()).collect();
    let listed = list(&bench, &["--json"]).json();
    assert!(listed[0]["revoked_at"].as_str().unwrap().ends_with('Z'));
    made[0]["revoked_at"] = listed[0]["revoked_at"].clone();
    assert_eq!(listed, json!(made));

    let text = list(&bench, &[]).done();
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        ["global ", "  jane@example.com  Deployment  revoked "],
        ["global:read  jane@example.com  Deployment  until ", ""],
    ];
    assert_eq!(lines.len(), expected.len(), "{text}");
    for ((line, json), parts) in lines.iter().zip(&made).zip(expected) {
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
    let bench = with_jane();
    let id = create(&bench, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(revoke(&bench, &id, &[]).done(), format!("access token {id} is revoked"));
    revoke(&bench, &id, &[]).refused(1, "`usher access-token list --account onward` shows what there is");
    let id = create(&bench, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(revoke(&bench, &id, &["--json"]).json(), json!({ "id": id }));
    // In its own account only.
    let id = create(&bench, &["--json"]).json()["id"].as_str().unwrap().to_owned();
    bench.run(&["account", "create", "--name", "other", "--title", "Other"]).done();
    let other = ["access-token", "revoke", "--account", "other", "--id", &id];
    bench.run(&other).refused(1, "this account has no access token");
    revoke(&bench, &id, &[]).done();
}

#[test]
fn refusals_tell_the_way_out() {
    let bench = with_jane();
    let run = |words: &str| bench.run(&words.split(' ').collect::<Vec<_>>());
    run("access-token create --account none --email jane@example.com --name D")
        .refused(1, "there is no account named none: `usher account list` shows all");
    run("access-token create --account onward --email joe@example.com --name D")
        .refused(1, "joe@example.com is not a member of this account: `usher member add` makes a member");
    bench.run(&["person", "create", "--email", "joe@example.com", "--name", "Joe"]).done();
    run("access-token create --account onward --email joe@example.com --name D")
        .refused(1, "joe@example.com is not a member of this account");
    run("access-token list --account none").refused(1, "`usher account list` shows all");
    let id = "2bXr7KqVn0mTz5LcWd8Yp4";
    run(&format!("access-token revoke --account none --id {id}"))
        .refused(1, "there is no account named none");
    revoke(&bench, id, &[]).refused(1, "`usher access-token list --account onward` shows what there is");
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let bench = Bench::new();
    create(&bench, &["--scope", "purge_all"]).refused(2, "[possible values: global, global:read]");
    for term in ["0s", "11y", "soon", "90"] {
        create(&bench, &["--expires", term]).refused(2, "--expires <TIME>");
    }
    revoke(&bench, "short", &[]).refused(2, "must be 22 letters and digits");
    bench.run(&["access-token", "create", "--account", "onward"]).refused(2, "--email <EMAIL>");
    assert!(!bench.path("data/usher.db").exists(), "nothing was opened");
}
