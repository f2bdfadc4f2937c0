//! Who has no key sees one and the same page, whatever the link names.

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use usher_domain::invitation::Invitation;

use crate::world::{Answer, PASSWORD, World};

/// One invitation in each state.
async fn one_of_each(world: &World) -> Vec<Invitation> {
    let expired = world.invite("expired@example.com");
    world.clock.advance(TimeDelta::days(15));
    let [open, used, declined, revoked, replaced] = ["open", "used", "declined", "revoked", "replaced"]
        .map(|name| world.invite(&format!("{name}@example.com")));
    let accept = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    world.post(&used, &accept).await.assert(200, "You are now a member");
    world.post(&declined, &[("action", "decline")]).await.assert(200, "You declined");
    world.revoke(revoked.id);
    world.resend(replaced.id);
    vec![expired, open, used, declined, revoked, replaced]
}

fn same(answer: &Answer, model: &Answer, what: &str) {
    assert_eq!(answer.status, model.status, "{what}");
    assert_eq!(answer.body, model.body, "{what}");
    let headers = |answer: &Answer| {
        let mut all: Vec<_> =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        all.sort();
        all
    };
    assert_eq!(headers(answer), headers(model), "{what}");
}

#[actix_web::test]
async fn links_without_their_key_are_all_alike() {
    let world = World::new();
    let nobody = format!("/accept-invitation/{}", "A".repeat(30));
    let model = world.get(&nobody).await;
    model.assert(404, "This link does not work");
    let other = world.key(&world.invite("other@example.com"));
    for invitation in one_of_each(&world).await {
        let path = format!("/accept-invitation/{}", invitation.secure_id);
        let key = world.key(&invitation);
        let shorter = key.get(..key.len() - 1).unwrap();
        for query in [
            String::new(),
            "?key=".to_owned(),
            "?key".to_owned(),
            format!("?key={other}"),
            format!("?key={shorter}"),
            format!("?key={key}x"),
            format!("?KEY={key}"),
            format!("?key=&key={key}"),
            "?key=%00%FF".to_owned(),
            format!("?key={}", "k".repeat(4000)),
        ] {
            same(&world.get(&format!("{path}{query}")).await, &model, &query);
        }
    }
}

#[actix_web::test]
async fn malformed_links_look_like_unknown_ones() {
    let world = World::new();
    let model = world.get(&format!("/accept-invitation/{}?key=x", "A".repeat(30))).await;
    model.assert(404, "This link does not work");
    let key = world.key(&world.invite("ada@example.com"));
    for path in [
        "/accept-invitation".to_owned(),
        "/accept-invitation/".to_owned(),
        "/accept-invitation/short".to_owned(),
        format!("/accept-invitation/{}", "A".repeat(31)),
        "/accept-invitation/%00%FF".to_owned(),
        "/accept-invitation/..%2F..%2Fetc".to_owned(),
        "/accept-invitation/%3Cscript%3E".to_owned(),
    ] {
        same(&world.get(&path).await, &model, &path);
        same(&world.get(&format!("{path}?key={key}")).await, &model, &path);
        same(&world.post_to(&path, &[("key", &key), ("action", "accept")]).await, &model, &path);
    }
}

/// Fields are not even looked at, and no password is hashed.
#[actix_web::test]
async fn forms_without_the_key_are_all_alike() {
    let world = World::new();
    let model = world.get(&format!("/accept-invitation/{}", "A".repeat(30))).await;
    for invitation in one_of_each(&world).await {
        world.hashing.close();
        let before = world.stored(&invitation);
        let path = format!("/accept-invitation/{}", invitation.secure_id);
        let accept = [("action", "accept"), ("name", "Eve"), ("password", PASSWORD)];
        for fields in [&accept[..], &[("action", "decline")], &[("action", "accept"), ("password", "x")], &[]]
        {
            same(&world.post_to(&path, fields).await, &model, "no key");
            let with: Vec<_> = [("key", "0.wrong")].iter().chain(fields).copied().collect();
            same(&world.post_to(&path, &with).await, &model, "wrong key");
        }
        assert_eq!(world.stored(&invitation), before);
        assert_eq!(world.who("eve@example.com"), None);
    }
}

/// The key counts where the page put it: in the form.
#[actix_web::test]
async fn a_key_in_the_query_of_a_form_does_not_count() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let answer = world.post_to(&world.link(&invitation), &[("action", "decline")]).await;
    answer.assert(404, "This link does not work");
    assert_eq!(world.stored(&invitation), invitation);
}

/// No header of a request has a say in a page.
#[actix_web::test]
async fn nothing_of_the_request_gets_into_a_page() {
    let world = World::new();
    let path = world.link(&world.invite("ada@example.com"));
    let model = world.get(&path).await;
    for name in
        ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Origin", "Referer", "X-Original-URL"]
    {
        let request = TestRequest::get().uri(&path).insert_header((name, "evil.example"));
        same(&world.call(request).await, &model, name);
    }
}
