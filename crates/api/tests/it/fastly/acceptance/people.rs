//! Who accepts, besides a newcomer, and who has to answer for it.

use reqwest::Method;
use serde_json::{Value, json};
use usher_domain::access_token::Scope;

use super::{World, assert_done, kind, limits, newcomer, put};
use crate::harness::{
    Backend,
    fastly::{document, listed, rejection},
    on_both_databases, send,
};

on_both_databases!(
    whoever_has_a_login_signs_in,
    a_verified_address_needs_no_key,
    an_access_token_accepts_nothing,
    an_inviter_who_lost_the_right_is_told,
);

fn whoever_has_a_login_signs_in(backend: Backend) {
    let world = World::new(backend);
    let joe = world.stranger("joe@example.com");
    world.server.add_member("elsewhere", "ann@example.com", &["user"], Some("correct horse"));
    let for_joe = world.invite(&document("joe@example.com", "billing"));
    let for_ann = world.invite(&document("ann@example.com", "user"));
    for (mail, way_out) in [(&for_joe, "accept with that login"), (&for_ann, "sign in with its password")] {
        let (status, msg, detail) = rejection(&world.accept(mail.code()));
        assert_eq!((status, msg.as_str()), (409, "Duplicate record"));
        assert!(detail.contains(way_out), "{detail}");
    }
    let path = format!("/invitation/accept/{}", for_joe.code());
    let done = send(joe.request(Method::PUT, &path));
    assert_done(&done);
    let [remaining, reset] = limits(&done).map(Option::unwrap);
    assert!(remaining < 1000 && reset > 0, "{done:?}");

    let login = json!({ "email": "ann@example.com", "password": "correct horse", "account": "elsewhere" });
    let login = world.server.client.post("/api/v2/login", &login).expect(200).json();
    let ann = world.server.client.with_token(login["token"].as_str().unwrap());
    assert_done(&put(&ann, for_ann.code(), &Value::Null));
    let member = |email: &str| {
        let token = world.server.token(Some("onward"), email);
        world.server.client.with_key(&token).get("/current_user").expect(200).json()["role"].clone()
    };
    assert_eq!((member("joe@example.com"), member("ann@example.com")), (json!("billing"), json!("user")));

    // A member cannot become one a second time; the invitation stays for whom it is meant.
    let another = world.invite(&document("bob@example.com", "user"));
    let rejected = put(&joe, another.code(), &Value::Null);
    assert_eq!(kind(&rejected), (409, "Duplicate record".to_owned()));
    assert!(limits(&rejected)[0].is_some(), "a rejected write is counted as well: {rejected:?}");
    assert_done(&world.accept(another.code()));
}

/// As in Landscape's dialect: a token that vouches for the mailbox is as good as the key from it.
fn a_verified_address_needs_no_key(backend: Backend) {
    let world = World::new(backend);
    let joe = world.stranger("joe@example.com");
    world.server.add_member("elsewhere", "ann@example.com", &["user"], None);
    let ann = world.server.client.with_key(&world.server.token(None, "ann@example.com"));
    let mail = world.invite(&document("joe@example.com", "user"));
    let (secure_id, _) = mail.code().split_once('.').unwrap();
    for code in [secure_id.to_owned(), format!("{secure_id}.")] {
        assert_eq!(kind(&world.accept(&code)), (404, "Record not found".to_owned()), "nobody's");
        assert_eq!(kind(&put(&ann, &code, &Value::Null)), (403, "Forbidden".to_owned()), "somebody else's");
    }
    assert_done(&put(&joe, secure_id, &Value::Null));
}

fn an_access_token_accepts_nothing(backend: Backend) {
    let world = World::new(backend);
    world.stranger("joe@example.com");
    let (secret, _) = world.server.add_access_token("elsewhere", "joe@example.com", Scope::Global, None);
    let mail = world.invite(&document("joe@example.com", "user"));
    for client in [world.server.client.with_key(&secret), world.server.client.with_token(&secret)] {
        let rejected = put(&client, mail.code(), &newcomer());
        assert_eq!(kind(&rejected), (403, "Forbidden".to_owned()));
        assert!(limits(&rejected)[0].is_some(), "{rejected:?}");
    }
    assert_eq!(listed(&world.jane()).len(), 1);
}

fn an_inviter_who_lost_the_right_is_told(backend: Backend) {
    let world = World::new(backend);
    world.server.add_member("onward", "root@example.com", &["superuser"], None);
    let mail = world.invite(&document("joe@example.com", "user"));
    world.server.remove_member("onward", "jane@example.com");
    let (status, msg, detail) = rejection(&world.accept(mail.code()));
    assert_eq!((status, msg.as_str()), (403, "Forbidden"));
    assert!(detail.contains("ask another administrator"), "{detail}");
    let root = world.server.client.with_key(&world.server.token(Some("onward"), "root@example.com"));
    assert_eq!(listed(&root).len(), 1, "it stays open for another administrator");
}
