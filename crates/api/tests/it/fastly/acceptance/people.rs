//! Acceptance by people with a login, by tokens, and after the inviter has left.

use reqwest::Method;
use serde_json::{Value, json};
use usher_domain::access_token::Scope;

use super::{Fixture, assert_done, limit_headers, newcomer, put, status_and_msg};
use crate::harness::{
    Backend,
    fastly::{document, listed, rejection},
    on_both_databases, send,
};

on_both_databases!(
    people_with_a_login_must_use_it,
    a_verified_address_needs_no_key,
    an_access_token_cannot_accept,
    an_invitation_of_a_removed_inviter_is_rejected_with_403,
);

fn people_with_a_login_must_use_it(backend: Backend) {
    let fixture = Fixture::new(backend);
    let joe = fixture.member_elsewhere("joe@example.com");
    fixture.server.add_member("elsewhere", "ann@example.com", &["user"], Some("correct horse"));
    let for_joe = fixture.invite(&document("joe@example.com", "billing"));
    let for_ann = fixture.invite(&document("ann@example.com", "user"));
    for (mail, way_out) in [(&for_joe, "accept with that login"), (&for_ann, "sign in with its password")] {
        let (status, msg, detail) = rejection(&fixture.accept(mail.code()));
        assert_eq!((status, msg.as_str()), (409, "Duplicate record"));
        assert!(detail.contains(way_out), "{detail}");
    }
    let path = format!("/invitation/accept/{}", for_joe.code());
    let done = send(joe.request(Method::PUT, &path));
    assert_done(&done);
    let [remaining, reset] = limit_headers(&done).map(Option::unwrap);
    assert!(remaining < 1000 && reset > 0, "{done:?}");

    let login = json!({ "email": "ann@example.com", "password": "correct horse", "account": "elsewhere" });
    let login = fixture.server.client.post("/api/v2/login", &login).expect(200).json();
    let ann = fixture.server.client.with_token(login["token"].as_str().unwrap());
    assert_done(&put(&ann, for_ann.code(), &Value::Null));
    let member = |email: &str| {
        let token = fixture.server.token(Some("onward"), email);
        fixture.server.client.with_key(&token).get("/current_user").expect(200).json()["role"].clone()
    };
    assert_eq!((member("joe@example.com"), member("ann@example.com")), (json!("billing"), json!("user")));

    // A member cannot accept another person's invitation, which stays pending.
    let another = fixture.invite(&document("bob@example.com", "user"));
    let rejected = put(&joe, another.code(), &Value::Null);
    assert_eq!(status_and_msg(&rejected), (409, "Duplicate record".to_owned()));
    assert!(limit_headers(&rejected)[0].is_some(), "a rejected write is counted as well: {rejected:?}");
    assert_done(&fixture.accept(another.code()));
}

/// As in Landscape's dialect, a token with a verified address replaces the key.
fn a_verified_address_needs_no_key(backend: Backend) {
    let fixture = Fixture::new(backend);
    let joe = fixture.member_elsewhere("joe@example.com");
    fixture.server.add_member("elsewhere", "ann@example.com", &["user"], None);
    let ann = fixture.server.client.with_key(&fixture.server.token(None, "ann@example.com"));
    let mail = fixture.invite(&document("joe@example.com", "user"));
    let (secure_id, _) = mail.code().split_once('.').unwrap();
    for code in [secure_id.to_owned(), format!("{secure_id}.")] {
        assert_eq!(
            status_and_msg(&fixture.accept(&code)),
            (404, "Record not found".to_owned()),
            "without a token"
        );
        assert_eq!(
            status_and_msg(&put(&ann, &code, &Value::Null)),
            (403, "Forbidden".to_owned()),
            "with another person's token"
        );
    }
    assert_done(&put(&joe, secure_id, &Value::Null));
}

fn an_access_token_cannot_accept(backend: Backend) {
    let fixture = Fixture::new(backend);
    fixture.member_elsewhere("joe@example.com");
    let (secret, _) = fixture.server.add_access_token("elsewhere", "joe@example.com", Scope::Global, None);
    let mail = fixture.invite(&document("joe@example.com", "user"));
    for client in [fixture.server.client.with_key(&secret), fixture.server.client.with_token(&secret)] {
        let rejected = put(&client, mail.code(), &newcomer());
        assert_eq!(status_and_msg(&rejected), (403, "Forbidden".to_owned()));
        assert!(limit_headers(&rejected)[0].is_some(), "{rejected:?}");
    }
    assert_eq!(listed(&fixture.jane()).len(), 1);
}

fn an_invitation_of_a_removed_inviter_is_rejected_with_403(backend: Backend) {
    let fixture = Fixture::new(backend);
    fixture.server.add_member("onward", "root@example.com", &["superuser"], None);
    let mail = fixture.invite(&document("joe@example.com", "user"));
    fixture.server.remove_member("onward", "jane@example.com");
    let (status, msg, detail) = rejection(&fixture.accept(mail.code()));
    assert_eq!((status, msg.as_str()), (403, "Forbidden"));
    assert!(detail.contains("ask another administrator"), "{detail}");
    let root = fixture.server.client.with_key(&fixture.server.token(Some("onward"), "root@example.com"));
    assert_eq!(listed(&root).len(), 1, "it stays pending for another administrator");
}
