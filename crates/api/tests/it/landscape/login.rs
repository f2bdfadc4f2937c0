//! Logins, wrong passwords, and the lifetime of tokens.

use chrono::TimeDelta;
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::json;
use usher_domain::{testkit::email, usecase::sign_out::sign_out};

use crate::harness::{Backend, Setup, on_both_databases};

on_both_databases!(a_login_returns_a_token_and_the_accounts);

fn a_login_returns_a_token_and_the_accounts(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_account("upside", "Upside");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    server.add_member("upside", "jane@example.com", &["Auditor"], None);
    let login = |body: serde_json::Value| server.client.post("/api/v2/login", &body);
    let jane = json!({ "email": "JANE@example.com", "password": "correct horse" });
    let mut response = login(jane).expect(200).json();
    assert!(response["token"].is_string(), "{response}");
    response["token"] = json!("the token");
    assert_json_snapshot!(response, @r#"
    {
      "accounts": [
        {
          "classic_dashboard_url": "",
          "default": true,
          "name": "onward",
          "subdomain": null,
          "title": "Onward, Inc."
        },
        {
          "classic_dashboard_url": "",
          "default": false,
          "name": "upside",
          "subdomain": null,
          "title": "Upside"
        }
      ],
      "attach_code": null,
      "current_account": "onward",
      "email": "jane@example.com",
      "has_password": true,
      "identity_source": "password",
      "invitation_id": null,
      "name": "Jane Smith",
      "return_to": null,
      "self_hosted": true,
      "token": "the token"
    }
    "#);
    let upside = login(json!({
        "email": "jane@example.com", "password": "correct horse", "account": "upside", "expiry_minutes": 5,
        "invitation_id": "x",
    }));
    let upside = upside.expect(200).json();
    assert_eq!((&upside["current_account"], &upside["invitation_id"]), (&json!("upside"), &json!("x")));
    let auditor = server.client.with_token(upside["token"].as_str().unwrap());
    auditor.get("/api/v2/invitations").expect(200);
    setup.advance(TimeDelta::seconds(5 * 60 + 31));
    auditor.get("/api/v2/invitations").expect(401);

    let wrong = login(json!({ "email": "jane@example.com", "password": "wrong horse" })).expect(401);
    let unknown_address =
        login(json!({ "email": "nobody@example.com", "password": "wrong horse" })).expect(401);
    let invalid_address = login(json!({ "email": "nobody", "password": "wrong horse" })).expect(401);
    assert_eq!(
        (&wrong.body, &wrong.body),
        (&unknown_address.body, &invalid_address.body),
        "all causes have the same response"
    );
    assert_snapshot!(wrong.body, @r#"{"detail":null,"error":"Unauthorized","message":"the e-mail address or the password is wrong"}"#);
    let foreign = json!({ "email": "jane@example.com", "password": "correct horse", "account": "none" });
    login(foreign).expect(403);
    let pam = login(json!({ "identity": "jane", "password": "x" })).expect(400);
    assert!(pam.problem().2.contains("email"));
    let long = json!({ "email": "jane@example.com", "password": "correct horse", "expiry_minutes": 43_201 });
    assert!(login(long).problem().2.contains("expiry_minutes must be a whole number from 1 to 43200"));
}

#[test]
fn repeated_wrong_passwords_delay_the_login() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let login = |password: &str| {
        server.client.post("/api/v2/login", &json!({ "email": "Jane@example.com", "password": password }))
    };
    // Strings that cannot be a password are rejected, but are no guesses of this login's password.
    (0..20).for_each(|_| drop(login(&"x".repeat(257)).expect(401)));
    for _ in 0..10 {
        login("wrong horse").expect(401);
    }
    let rejected = login("correct horse").expect(429);
    assert_eq!((rejected.header("retry-after"), rejected.problem().1.as_str()), ("1", "TooManyRequests"));
    setup.advance(TimeDelta::seconds(1));
    login("correct horse").expect(200);
}

#[test]
fn concurrent_wrong_passwords_delay_the_login() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let wrong = json!({ "email": "jane@example.com", "password": "wrong horse" });
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let login = || server.client.post("/api/v2/login", &wrong).status.as_u16();
        let threads: Vec<_> = (0..24).map(|_| scope.spawn(login)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let wrong = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(wrong, 10, "the other attempts are rejected: {statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429, 503].contains(status)), "{statuses:?}");
}

#[test]
fn a_token_expires_at_the_latest_when_configured() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__AUTH__TOKEN_LIFETIME", "5m");
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let long = json!({ "email": "jane@example.com", "password": "correct horse", "expiry_minutes": 43_200 });
    let login = server.client.post("/api/v2/login", &long).expect(200).json();
    let jane = server.client.with_token(login["token"].as_str().unwrap());
    jane.get("/api/v2/invitations").expect(200);
    setup.advance(TimeDelta::seconds(5 * 60 + 31));
    jane.get("/api/v2/invitations").expect(401);
}

#[test]
fn a_signed_out_person_logs_in_for_a_new_token() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let jane = server.jane();
    jane.get("/api/v2/invitations").expect(200);
    let env = &server.scene.env;
    server.scene.write(|tx| sign_out(tx, env, &email("jane@example.com"))).unwrap();
    // Beyond the ten milliseconds in which reads reuse a caller, see docs/adr/0019.
    setup.advance(TimeDelta::seconds(1));
    let ended = jane.post("/api/v2/invitations", &json!({ "name": "Joe", "email": "joe@example.com" }));
    assert_eq!(ended.problem().0, 401, "{ended:?}");
    assert!(ended.header("www-authenticate").starts_with("Bearer"), "{ended:?}");
    server.client.with_key(&server.token(Some("onward"), "jane@example.com")).get("/invitations").expect(200);
    let login = json!({ "email": "jane@example.com", "password": "correct horse" });
    let login = server.client.post("/api/v2/login", &login).expect(200).json();
    server.client.with_token(login["token"].as_str().unwrap()).get("/api/v2/invitations").expect(200);
}

/// The failures of others do not keep an owner out who has logged in from the same network before.
#[test]
fn a_known_network_waits_for_its_own_failures_only() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__LIMITS__FAILED_LOGINS_PER_NETWORK", "2");
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));
    let login = |address: &str, password: &str| {
        server.client.post("/api/v2/login", &json!({ "email": address, "password": password }))
    };
    login("jane@example.com", "correct horse").expect(200);
    for address in ["ann@example.com", "ben@example.com"] {
        login(address, "wrong horse").expect(401);
    }
    let delayed = login("cid@example.com", "wrong horse").expect(429);
    assert_eq!(delayed.header("retry-after"), "1");
    login("jane@example.com", "correct horse").expect(200);
}
