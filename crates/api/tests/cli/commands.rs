//! The commands that work on the database.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::program::{Program, SECRET};

const CREATE: [&str; 6] = ["account", "create", "--name", "onward", "--title", "Onward, Inc."];
const ADD: [&str; 6] = ["member", "add", "--account", "onward", "--email", "jane@example.com"];

fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ADD, more].concat()
}

/// The account, and Jane as its administrator.
fn with_jane() -> Program {
    let program = Program::migrated();
    program.run(&CREATE).stdout();
    program.run(&add(&["--name", "Jane Smith", "--role", "GlobalAdmin"])).stdout();
    program
}

#[test]
fn accounts_are_created_once_and_listed() {
    let program = Program::migrated();
    assert_eq!(program.run(&["account", "list"]).out, "");
    assert_eq!(program.run(&["account", "list", "--json"]).json(), json!([]));
    assert_eq!(program.run(&CREATE).stdout(), "account onward created: Onward, Inc.");
    program.run(&CREATE).assert_failed(1, "usher: there is an account named onward already");
    let other = program.run(&["account", "create", "--name", "a-1", "--title", "Ä", "--json"]).json();
    assert_eq!((&other["id"], &other["name"], &other["title"]), (&json!(2), &json!("a-1"), &json!("Ä")));
    assert_eq!(program.run(&["account", "list"]).stdout(), "a-1     Ä\nonward  Onward, Inc.");
    let list = program.run(&["account", "list", "--json"]).json();
    assert_eq!(list[0], other);
    assert_eq!(list[1]["public_id"].as_str().unwrap().len(), 22);
}

#[test]
fn members_have_roles_and_services() {
    let program = Program::migrated();
    program.run(&CREATE).stdout();
    let ended = program.run(&add(&["--name", "Jane Smith", "--role", "GlobalAdmin"]));
    assert!(ended.err.contains("has no password yet"), "{ended:?}");
    assert_eq!(ended.stdout(), "jane@example.com is a member of onward: GlobalAdmin");
    program.run(&add(&["--role", "user"])).assert_failed(1, "already a member");

    let ted = ["member", "add", "--account", "onward", "--email", "ted@example.com", "--name", "Ted"];
    let limits = ["--role", "user", "--role", "engineer", "--service", "b=purge_all", "--service", "a=full"];
    let ended = program
        .run_with(&[&ted, &limits[..], &["--password-stdin", "--json"]].concat(), "plum drizzle kettle\n");
    assert_eq!(ended.err, "");
    let json = ended.json();
    assert_eq!(json["roles"], json!(["engineer", "user"]));
    assert_eq!(json["limit_services"], json!(true));
    assert_eq!(json["services"], json!({ "a": "full", "b": "purge_all" }));
    assert_eq!(json["person"]["email"], json!("ted@example.com"));
    assert_eq!(json["person"]["has_password"], json!(true));
}

#[test]
fn rejected_members_get_advice() {
    let program = Program::migrated();
    program.run(&add(&["--role", "user"])).assert_failed(1, "`usher account create` creates one");
    program.run(&CREATE).stdout();
    program.run(&add(&["--role", "user"])).assert_failed(1, "--name creates one");
    program
        .run(&add(&["--name", "Jane"]))
        .assert_failed(2, "GlobalAdmin, Auditor, SupportAnalyst, superuser, engineer");
    program
        .run(&add(&["--role", "user", "--service", "a=full", "--service", "a=full"]))
        .assert_failed(2, "listed twice");
    program.run(&add(&["--role", "owner"])).assert_failed(2, "possible values: GlobalAdmin");
    program.run(&ADD[..4]).assert_failed(2, "--email <EMAIL>");
}

#[test]
fn people_are_created_without_an_account() {
    let program = Program::migrated();
    let create = ["person", "create", "--email", "joe@example.com", "--name", "Joe Wright"];
    assert_eq!(program.run(&create).stdout(), "Joe Wright <joe@example.com> created, without an account");
    program.run(&create).assert_failed(1, "there is a person with the address joe@example.com already");
    let other =
        ["person", "create", "--email", "ann@example.com", "--name", "Ann", "--json", "--password-stdin"];
    assert_eq!(program.run_with(&other, "plum drizzle kettle").json()["has_password"], json!(true));
}

#[test]
fn a_password_is_one_valid_line() {
    let program = Program::migrated();
    let create = ["person", "create", "--email", "joe@example.com", "--name", "Joe", "--password-stdin"];
    for (input, words) in [
        ("", "at least 12 characters"),
        ("short\n", "at least 12 characters"),
        ("two lines\nof text\n", "one line"),
    ] {
        program.run_with(&create, input).assert_failed(1, words);
    }
    program.run_with(&create, "plum drizzle kettle\n").stdout();
}

#[test]
fn the_token_is_the_whole_output() {
    let program = with_jane();
    let issue = ["token", "issue", "--account", "onward", "--email", "JANE@example.com"];
    program.run(&issue).assert_failed(2, "auth.secret (USHER__AUTH__SECRET) is missing");
    let program = program.env("USHER__AUTH__SECRET", SECRET);
    let token = program.run(&issue).stdout();
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{token}");
    let json = program.run(&[&issue[..], &["--json", "--expires", "1h"]].concat()).json();
    assert_eq!(json["token"].as_str().unwrap().split('.').count(), 3);
    assert!(json["expires_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(lifetime(&token), 24 * 60 * 60, "auth.token_lifetime");
    assert_eq!(lifetime(json["token"].as_str().unwrap()), 60 * 60);
}

/// The lifetime in the token, in seconds.
fn lifetime(token: &str) -> i64 {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
}

#[test]
fn tokens_are_for_members_only() {
    let program = with_jane().env("USHER__AUTH__SECRET", SECRET);
    let issue = |account, email| program.run(&["token", "issue", "--account", account, "--email", email]);
    issue("onward", "joe@example.com").assert_failed(1, "no person has the address joe@example.com");
    issue("other", "jane@example.com").assert_failed(1, "is not a member of an account named other");
    program.run(&["account", "create", "--name", "other", "--title", "Other"]).stdout();
    issue("other", "jane@example.com").assert_failed(1, "is not a member of an account named other");
}

#[test]
fn pending_migrations_are_applied_if_the_settings_allow_it() {
    let program = Program::new().env("USHER__DATABASE__MIGRATE", "false");
    std::fs::write(program.path("data/usher.db"), "").unwrap();
    program
        .run(&["account", "list"])
        .assert_failed(1, "the database lacks 1 migration(s): run `usher migrate`");
    let applied = program.run(&["migrate", "--json"]).json()["applied"].as_u64().unwrap();
    assert!(applied > 0);
    assert_eq!(program.run(&["migrate"]).stdout(), "the database is up to date");
    assert_eq!(program.run(&["account", "list"]).code, Some(0));
}

/// A mistyped path must not become an empty database.
#[test]
fn only_migrate_creates_a_database() {
    let program = Program::new();
    let missing =
        "the database file data/usher.db does not exist: correct database.url, or run `usher migrate`";
    for command in
        [&["account", "list"][..], &CREATE, &ADD, &["token", "issue", "--account", "a", "--email", "b@c.de"]]
    {
        let program = Program::new().env("USHER__AUTH__SECRET", SECRET);
        let command = if command == ADD { add(&["--role", "user"]) } else { command.to_vec() };
        program.run(&command).assert_failed(1, missing);
        assert!(!program.path("data/usher.db").exists(), "{command:?}");
    }
    program.run(&["migrate"]).stdout();
    program.run(&CREATE).stdout();
    let program = program.env("USHER__DATABASE__URL", "sqlite:absent/usher.db");
    program.run(&["account", "list"]).assert_failed(1, "the database file absent/usher.db does not exist");
    program.run(&["migrate"]).assert_failed(1, "the folder absent of the database file does not exist");
}
