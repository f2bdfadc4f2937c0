//! The owner of a key: a member, or a link.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use usher_domain::access_token::Scope;

use super::{KEY, LANDSCAPE, acceptance, assert_again, assert_first, invite, invite_by_fastly, keyed};
use crate::harness::{Backend, Setup, invitation_body, on_both_databases};

on_both_databases!(
    two_people_share_no_key,
    one_person_in_two_accounts_shares_no_key,
    all_tokens_of_a_member_share_their_keys,
    a_caller_without_the_right_to_write_gets_no_replay,
    a_demoted_member_gets_no_replay,
    two_links_share_no_key,
);

fn two_people_share_no_key(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    server.add_member("onward", "ann@example.com", &["GlobalAdmin"], None);
    let ann = server.client_of("onward", "ann@example.com");
    let first = invite(&jane, "joe@example.com", KEY).expect(200);
    assert_first(&invite(&ann, "joe@example.com", KEY), 400);
    let other = invite(&ann, "bob@example.com", KEY);
    assert_first(&other, 200);
    assert_again(&first, &invite(&jane, "joe@example.com", KEY));
    assert_again(&other, &invite(&ann, "bob@example.com", KEY));
}

fn one_person_in_two_accounts_shares_no_key(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let here = server.add_onward();
    server.add_account("upside", "Upside");
    server.add_member("upside", "jane@example.com", &["GlobalAdmin"], None);
    let there = server.client_of("upside", "jane@example.com");
    let (first, other) = (invite(&here, "joe@example.com", KEY), invite(&there, "joe@example.com", KEY));
    assert_first(&first, 200);
    assert_first(&other, 200);
    assert_ne!(first.body, other.body);
    assert_again(&first, &invite(&here, "joe@example.com", KEY));
    assert_again(&other, &invite(&there, "joe@example.com", KEY));
    // A token without an account applies to the only remaining account.
    server.remove_member("onward", "jane@example.com");
    let anywhere = server.client.with_token(server.token(None, "jane@example.com"));
    assert_again(&other, &invite(&anywhere, "joe@example.com", KEY));
}

fn all_tokens_of_a_member_share_their_keys(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let first = invite_by_fastly(&jane, "joe@example.com", KEY).expect(200);
    let access_token = || server.add_access_token("onward", "jane@example.com", Scope::Global, None).0;
    let same = [
        server.client.with_key(&access_token()),
        server.client.with_token(access_token()),
        server.client.with_key(&server.token(None, "jane@example.com")),
    ];
    for client in same {
        assert_again(&first, &invite_by_fastly(&client, "joe@example.com", KEY));
    }
}

/// The credential is checked before the key.
fn a_caller_without_the_right_to_write_gets_no_replay(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    invite(&jane, "joe@example.com", KEY).expect(200);
    let reader = server.add_access_token("onward", "jane@example.com", Scope::ReadOnly, None).0;
    assert_first(&invite(&server.client.with_token(reader), "joe@example.com", KEY), 403);
    assert_first(&invite(&server.client.with_token("garbage"), "joe@example.com", KEY), 401);
    assert_first(&invite(&server.client.with_token("A".repeat(32)), "joe@example.com", KEY), 401);
    server.remove_member("onward", "jane@example.com");
    assert_first(&invite(&jane, "joe@example.com", KEY), 403);
}

/// The response to a creation and to a resend shows the secure id.
fn a_demoted_member_gets_no_replay(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let resend = |key: &str| keyed(&jane, Method::POST, &format!("{LANDSCAPE}/1"), &json!({}), key);
    let delete = |key: &str| keyed(&jane, Method::DELETE, &format!("{LANDSCAPE}/2"), &Value::Null, key);
    let (create, create_by_fastly) =
        (|| invite(&jane, "joe@example.com", KEY), || invite_by_fastly(&jane, "ann@example.com", "fastly"));
    create().expect(200);
    create_by_fastly().expect(200);
    setup.advance(TimeDelta::minutes(2));
    resend("resend").expect(200);
    delete("delete").expect(204);

    for roles in [&["user"][..], &["Auditor"]] {
        server.remove_member("onward", "jane@example.com");
        server.add_member("onward", "jane@example.com", roles, None);
        for response in [create(), create_by_fastly(), resend("resend"), delete("delete")] {
            assert_first(&response, 403);
            assert!(!response.body.contains("secure_id"), "{}", response.body);
        }
    }

    // The responses are still stored.
    server.remove_member("onward", "jane@example.com");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], None);
    for (response, status) in
        [(create(), 200), (create_by_fastly(), 200), (resend("resend"), 200), (delete("delete"), 204)]
    {
        assert!(super::is_replayed(&response), "{response:?}");
        assert_eq!(response.status.as_u16(), status);
    }
}

fn two_links_share_no_key(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let path = |email: &str| {
        let created = jane.post(LANDSCAPE, &invitation_body("Joe", email, &["Auditor"])).expect(200);
        acceptance(&server, &created.json()["secure_id"])
    };
    let (joes, anns) = (path("joe@example.com"), path("ann@example.com"));
    let newcomer = |password: &str| json!({ "name": "Joe Wright", "password": password });
    let accept = |path: &str, body: &Value| keyed(&server.client, Method::PUT, path, body, KEY);
    let first = accept(&joes, &newcomer("plum drizzle kettle"));
    assert_first(&first, 200);
    assert_first(&accept(&anns, &newcomer("plum drizzle kettle")), 200);
    assert_again(&first, &accept(&joes, &newcomer("plum drizzle kettle")));
    assert_first(&accept(&joes, &newcomer("another password")), 422);
    // A code without its key names the same invitation but makes a different request.
    let half = joes.split_once('.').unwrap().0;
    assert_first(&accept(half, &newcomer("plum drizzle kettle")), 422);
}
