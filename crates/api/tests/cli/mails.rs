//! `usher mail …`

use serde_json::json;

use super::program::Program;

#[test]
fn an_empty_queue_lists_nothing_and_has_nothing_to_retry() {
    let program = Program::migrated();
    program.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).stdout();
    assert_eq!(program.run(&["mail", "list", "--state", "dead", "--json"]).json(), json!([]));
    assert_eq!(program.run(&["mail", "retry", "--account", "onward"]).stdout(), "no mail is dead");
    assert_eq!(program.run(&["mail", "retry", "--all", "--json"]).json(), json!({ "retried": 0 }));
}

#[test]
fn what_is_unknown_is_told_with_what_to_do() {
    let program = Program::migrated();
    let unknown = program.run(&["mail", "list", "--account", "nowhere"]);
    assert!(unknown.err.contains("no account named nowhere: `usher account list`"), "{unknown:?}");
    let reference = "06Xr7KqVn0mTz5LcWd8Yp4";
    let unknown = program.run(&["mail", "show", reference]);
    assert!(
        unknown.err.contains("there is no mail 06Xr7KqVn0mTz5LcWd8Yp4: `usher mail list`"),
        "{unknown:?}"
    );
    let both = program.run(&["mail", "retry", "--all", "--account", "onward"]);
    assert!(both.err.contains("cannot be used with"), "{both:?}");
    let neither = program.run(&["mail", "retry"]);
    assert!(neither.err.contains("--all"), "{neither:?}");
    let state = program.run(&["mail", "list", "--state", "lost"]);
    assert!(state.err.contains("queued, relayed, dead, cancelled"), "{state:?}");
}

#[test]
fn a_mailbox_is_blocked_and_unblocked() {
    let program = Program::migrated();
    let block = ["mail", "block", "--email", "Joe+news@example.com"];
    assert!(program.run(&block).stdout().contains("is blocked"));
    assert!(program.run(&block).stdout().contains("was blocked already"));
    let blocked = program.run(&["mail", "blocked", "--json"]).json();
    assert_eq!(blocked[0]["mailbox"], "joe@example.com");
    assert!(blocked[0]["blocked_at"].is_string());
    let unblock = ["mail", "unblock", "--email", "joe@example.com", "--json"];
    assert_eq!(program.run(&unblock).json()["changed"], true);
    assert_eq!(program.run(&["mail", "blocked"]).out, "");
}
