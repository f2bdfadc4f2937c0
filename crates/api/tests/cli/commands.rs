//! The commands that work on the database.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::bench::{Bench, SECRET};

const CREATE: [&str; 6] = ["account", "create", "--name", "onward", "--title", "Onward, Inc."];
const ADD: [&str; 6] = ["member", "add", "--account", "onward", "--email", "jane@example.com"];

fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ADD, more].concat()
}

/// The account, and Jane as its administrator.
fn with_jane() -> Bench {
    let bench = Bench::new();
    bench.run(&CREATE).done();
    bench.run(&add(&["--name", "Jane Smith", "--role", "GlobalAdmin"])).done();
    bench
}

#[test]
fn accounts_are_made_once_and_listed() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["account", "list"]).out, "");
    assert_eq!(bench.run(&["account", "list", "--json"]).json(), json!([]));
    assert_eq!(bench.run(&CREATE).done(), "account onward is there: Onward, Inc.");
    bench.run(&CREATE).refused(1, "usher: there is an account named onward already");
    let other = bench.run(&["account", "create", "--name", "a-1", "--title", "Ä", "--json"]).json();
    assert_eq!((&other["id"], &other["name"], &other["title"]), (&json!(2), &json!("a-1"), &json!("Ä")));
    assert_eq!(bench.run(&["account", "list"]).done(), "a-1     Ä\nonward  Onward, Inc.");
    let list = bench.run(&["account", "list", "--json"]).json();
    assert_eq!(list[0], other);
    assert_eq!(list[1]["public_id"].as_str().unwrap().len(), 22);
}

#[test]
fn members_are_added_with_what_they_may_do() {
    let bench = Bench::new();
    bench.run(&CREATE).done();
    let ended = bench.run(&add(&["--name", "Jane Smith", "--role", "GlobalAdmin"]));
    assert!(ended.err.contains("has no password yet"), "{ended:?}");
    assert_eq!(ended.done(), "jane@example.com is a member of onward: GlobalAdmin");
    bench.run(&add(&["--role", "user"])).refused(1, "already a member");

    let ted = ["member", "add", "--account", "onward", "--email", "ted@example.com", "--name", "Ted"];
    let limits = ["--role", "user", "--role", "engineer", "--service", "b=purge_all", "--service", "a=full"];
    let ended =
        bench.run_with(&[&ted, &limits[..], &["--password-stdin", "--json"]].concat(), "correct horse\n");
    assert_eq!(ended.err, "");
    let json = ended.json();
    assert_eq!(json["roles"], json!(["engineer", "user"]));
    assert_eq!(json["limit_services"], json!(true));
    assert_eq!(json["services"], json!({ "a": "full", "b": "purge_all" }));
    assert_eq!(json["person"]["email"], json!("ted@example.com"));
    assert_eq!(json["person"]["has_password"], json!(true));
}

#[test]
fn members_are_refused_with_the_way_out() {
    let bench = Bench::new();
    bench.run(&add(&["--role", "user"])).refused(1, "`usher account create` makes one");
    bench.run(&CREATE).done();
    bench.run(&add(&["--role", "user"])).refused(1, "--name makes a new person");
    bench
        .run(&add(&["--name", "Jane"]))
        .refused(2, "GlobalAdmin, Auditor, SupportAnalyst, superuser, engineer");
    bench
        .run(&add(&["--role", "user", "--service", "a=full", "--service", "a=full"]))
        .refused(2, "listed twice");
    bench.run(&add(&["--role", "owner"])).refused(2, "possible values: GlobalAdmin");
    bench.run(&ADD[..4]).refused(2, "--email <EMAIL>");
}

#[test]
fn people_are_made_without_an_account() {
    let bench = Bench::new();
    let create = ["person", "create", "--email", "joe@example.com", "--name", "Joe Wright"];
    assert_eq!(bench.run(&create).done(), "Joe Wright <joe@example.com> is there, in no account");
    bench.run(&create).refused(1, "there is a person with the address joe@example.com already");
    let other =
        ["person", "create", "--email", "ann@example.com", "--name", "Ann", "--json", "--password-stdin"];
    assert_eq!(bench.run_with(&other, "correct horse").json()["has_password"], json!(true));
}

#[test]
fn passwords_are_one_good_line() {
    let bench = Bench::new();
    let create = ["person", "create", "--email", "joe@example.com", "--name", "Joe", "--password-stdin"];
    for (input, words) in [
        ("", "at least 8 characters"),
        ("short\n", "at least 8 characters"),
        ("two lines\nof text\n", "one line"),
    ] {
        bench.run_with(&create, input).refused(1, words);
    }
    bench.run_with(&create, "good enough\n").done();
}

#[test]
fn tokens_are_printed_alone() {
    let bench = with_jane();
    let issue = ["token", "issue", "--account", "onward", "--email", "JANE@example.com"];
    bench.run(&issue).refused(2, "auth.secret (USHER__AUTH__SECRET) is missing");
    let bench = bench.env("USHER__AUTH__SECRET", SECRET);
    let token = bench.run(&issue).done();
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{token}");
    let json = bench.run(&[&issue[..], &["--json", "--expires", "1h"]].concat()).json();
    assert_eq!(json["token"].as_str().unwrap().split('.').count(), 3);
    assert!(json["expires_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(lifetime(&token), 24 * 60 * 60, "auth.token_lifetime");
    assert_eq!(lifetime(json["token"].as_str().unwrap()), 60 * 60);
}

/// In seconds, as the token itself says.
fn lifetime(token: &str) -> i64 {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
}

#[test]
fn tokens_are_for_members_only() {
    let bench = with_jane().env("USHER__AUTH__SECRET", SECRET);
    let issue = |account, email| bench.run(&["token", "issue", "--account", account, "--email", email]);
    issue("onward", "joe@example.com").refused(1, "nobody has the address joe@example.com");
    issue("other", "jane@example.com").refused(1, "is not a member of an account named other");
    bench.run(&["account", "create", "--name", "other", "--title", "Other"]).done();
    issue("other", "jane@example.com").refused(1, "is not a member of an account named other");
}

#[test]
fn migrations_run_when_they_may() {
    let bench = Bench::new().env("USHER__DATABASE__MIGRATE", "false");
    bench.run(&["account", "list"]).refused(1, "usher migrate");
    let applied = bench.run(&["migrate", "--json"]).json()["applied"].as_u64().unwrap();
    assert!(applied > 0);
    assert_eq!(bench.run(&["migrate"]).done(), "the database is up to date");
    assert_eq!(bench.run(&["account", "list"]).code, Some(0));
}

#[test]
fn a_database_that_is_not_there_is_told() {
    let bench = Bench::new().env("USHER__DATABASE__URL", "sqlite:absent/usher.db");
    bench.run(&["account", "list"]).refused(1, "absent");
}
