//! The commands that answer a compromised member.

use serde_json::json;

use super::program::Program;

const EVE: [&str; 2] = ["--email", "eve@example.com"];

/// The account onward with the administrators Jane and Eve.
fn with_jane_and_eve() -> Program {
    let program = Program::migrated();
    program.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]).stdout();
    for (address, name) in [("jane@example.com", "Jane Smith"), ("eve@example.com", "Eve Adams")] {
        let add = ["member", "add", "--account", "onward", "--email", address, "--name", name];
        program.run(&[&add[..], &["--role", "GlobalAdmin"]].concat()).stdout();
    }
    program
}

fn member<'a>(command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["member", command, "--account", "onward"], more].concat()
}

#[test]
fn members_are_listed_with_their_roles() {
    let program = with_jane_and_eve();
    let listed = program.run(&member("list", &[])).stdout();
    assert_eq!(listed, "eve@example.com  Eve Adams  GlobalAdmin\njane@example.com  Jane Smith  GlobalAdmin");
    let json = program.run(&member("list", &["--json"])).json();
    assert_eq!(json[0]["person"]["email"], json!("eve@example.com"));
    assert_eq!(json[0]["roles"], json!(["GlobalAdmin"]));
    program.run(&["member", "list", "--account", "none"]).assert_failed(1, "`usher account list`");
}

#[test]
fn roles_are_replaced_and_members_removed() {
    let program = with_jane_and_eve();
    let demote = member("set-roles", &[EVE[0], EVE[1], "--role", "Auditor", "--role", "billing"]);
    assert_eq!(program.run(&demote).stdout(), "eve@example.com in onward from now on: Auditor, billing");
    program.run(&member("set-roles", &EVE)).assert_failed(2, "GlobalAdmin, Auditor");
    let removed = program.run(&member("remove", &EVE)).stdout();
    assert_eq!(removed, "eve@example.com is no longer a member of onward, and all tokens have ended");
    program.run(&member("remove", &EVE)).assert_failed(1, "`usher member list`");
}

#[test]
fn the_last_administrator_needs_force() {
    let program = with_jane_and_eve();
    program.run(&member("remove", &EVE)).stdout();
    let jane = ["--email", "jane@example.com"];
    let advice = "Give another member the role GlobalAdmin or superuser first, or use --force";
    program.run(&member("remove", &jane)).assert_failed(1, advice);
    program.run(&member("set-roles", &[&jane[..], &["--role", "user"]].concat())).assert_failed(1, advice);
    program.run(&["person", "erase", jane[0], jane[1]]).assert_failed(1, advice);
    program.run(&member("remove", &[&jane[..], &["--force"]].concat())).stdout();
}

#[test]
fn passwords_are_set_and_people_signed_out() {
    let program = with_jane_and_eve();
    let set = ["person", "set-password", EVE[0], EVE[1], "--password-stdin"];
    program.run(&set[..4]).assert_failed(2, "--password-stdin");
    for (weak, why) in [
        ("hunter2\n", "must have at least 12 characters"),
        ("password1234\n", "is too easy to guess"),
        ("eve adams onward\n", "contains your address, your name or the name of the account"),
    ] {
        program.run_with(&set, weak).assert_failed(1, why);
    }
    let text = program.run_with(&set, "plum drizzle kettle\n").stdout();
    assert_eq!(text, "eve@example.com has a new password, and all tokens have ended");
    let ended = program.run(&["person", "sign-out", EVE[0], EVE[1]]);
    assert!(ended.err.contains("`usher person set-password` replaces it"), "{ended:?}");
    assert_eq!(ended.stdout(), "all tokens of eve@example.com have ended");
    let nobody = ["person", "sign-out", "--email", "nobody@example.com"];
    program.run(&nobody).assert_failed(1, "there is no person with the address nobody@example.com");
}

#[test]
fn lower_settings_allow_weaker_passwords() {
    let program = with_jane_and_eve()
        .env("USHER__AUTH__PASSWORD_MIN_LENGTH", "8")
        .env("USHER__AUTH__PASSWORD_MIN_SCORE", "0");
    let set = ["person", "set-password", EVE[0], EVE[1], "--password-stdin"];
    program.run_with(&set, "password\n").stdout();
    program.run_with(&set, "seven77\n").assert_failed(1, "must have at least 8 characters");
}

#[test]
fn people_are_erased() {
    let program = with_jane_and_eve();
    let erase = ["person", "erase", EVE[0], EVE[1]];
    assert_eq!(program.run(&erase).stdout(), "eve@example.com is erased: 1 memberships, 0 invitations");
    program.run(&erase).assert_failed(1, "there is no person and no invitation with the address");
    let list = program.run(&member("list", &["--json"])).json();
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn the_audit_log_is_listed() {
    let program = with_jane_and_eve();
    program.run(&["person", "sign-out", EVE[0], EVE[1]]).stdout();
    let list = program.run(&["audit", "list", "--account", "onward", "--json"]).json();
    let actions: Vec<_> = list.as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
    assert_eq!(actions, [json!("account.created"), json!("member.added"), json!("member.added")]);
    assert_eq!(list[2]["person"]["email"], json!("eve@example.com"));
    let newest = program.run(&["audit", "list", EVE[0], EVE[1], "--limit", "1"]).stdout();
    assert!(
        newest.contains("person.signed_out") && newest.ends_with("by operator  eve@example.com"),
        "{newest}"
    );
    program.run(&["audit", "list"]).assert_failed(2, "--account");
    program.run(&["audit", "list", "--account", "none"]).assert_failed(1, "there is no account named none");
}
