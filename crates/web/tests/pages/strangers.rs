//! All links without the right key get the same page, whatever they refer to.

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use usher_domain::invitation::Invitation;

use crate::site::{PASSWORD, Response, Site};

/// One invitation in each state.
async fn one_of_each(site: &Site) -> Vec<Invitation> {
    let expired = site.invite("expired@example.com");
    site.scene.clock.advance(TimeDelta::days(15));
    let [open, used, declined, revoked, replaced] = ["open", "used", "declined", "revoked", "replaced"]
        .map(|name| site.invite(&format!("{name}@example.com")));
    let accept = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    site.post(&used, &accept).await.assert(200, "You are now a member");
    site.decline(&declined).await.assert(410, "You declined");
    site.scene.revoke(&revoked);
    site.scene.resend(&replaced);
    vec![expired, open, used, declined, revoked, replaced]
}

fn assert_same(response: &Response, model: &Response, what: &str) {
    assert_eq!(response.status, model.status, "{what}");
    assert_eq!(response.body, model.body, "{what}");
    let headers = |response: &Response| {
        let mut all: Vec<_> =
            response.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        all.sort();
        all
    };
    assert_eq!(headers(response), headers(model), "{what}");
}

#[actix_web::test]
async fn links_without_their_key_get_one_page() {
    let site = Site::new();
    let nobody = format!("/accept-invitation/{}", "A".repeat(30));
    let model = site.get(&nobody).await;
    model.assert(404, "This link does not work");
    let other = site.key(&site.invite("other@example.com"));
    for invitation in one_of_each(&site).await {
        let path = format!("/accept-invitation/{}", invitation.secure_id);
        let key = site.key(&invitation);
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
            assert_same(&site.get(&format!("{path}{query}")).await, &model, &query);
        }
    }
}

#[actix_web::test]
async fn malformed_links_get_the_same_page_as_unknown_ones() {
    let site = Site::new();
    let model = site.get(&format!("/accept-invitation/{}?key=x", "A".repeat(30))).await;
    model.assert(404, "This link does not work");
    let key = site.key(&site.invite("ada@example.com"));
    for path in [
        "/accept-invitation".to_owned(),
        "/accept-invitation/".to_owned(),
        "/accept-invitation/short".to_owned(),
        format!("/accept-invitation/{}", "A".repeat(31)),
        "/accept-invitation/%00%FF".to_owned(),
        "/accept-invitation/..%2F..%2Fetc".to_owned(),
        "/accept-invitation/%3Cscript%3E".to_owned(),
    ] {
        assert_same(&site.get(&path).await, &model, &path);
        assert_same(&site.get(&format!("{path}?key={key}")).await, &model, &path);
        assert_same(&site.post_to(&path, &[("key", &key), ("action", "accept")]).await, &model, &path);
    }
}

/// Their fields are not read, and no password is hashed.
#[actix_web::test]
async fn forms_without_the_key_get_the_same_page() {
    let site = Site::new();
    let model = site.get(&format!("/accept-invitation/{}", "A".repeat(30))).await;
    for invitation in one_of_each(&site).await {
        let hashed = site.hasher.calls();
        let before = site.scene.stored(&invitation);
        let path = format!("/accept-invitation/{}", invitation.secure_id);
        let accept = [("action", "accept"), ("name", "Eve"), ("password", PASSWORD)];
        for fields in [&accept[..], &[("action", "decline")], &[("action", "accept"), ("password", "x")], &[]]
        {
            assert_same(&site.post_to(&path, fields).await, &model, "no key");
            let with: Vec<_> = [("key", "0.wrong")].iter().chain(fields).copied().collect();
            assert_same(&site.post_to(&path, &with).await, &model, "wrong key");
        }
        assert_eq!(site.hasher.calls(), hashed, "no password is hashed");
        assert_eq!(site.scene.stored(&invitation), before);
        assert_eq!(site.scene.person("eve@example.com"), None);
    }
}

/// Only the key in the form counts.
#[actix_web::test]
async fn a_key_in_the_query_of_a_form_does_not_count() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let response = site.post_to(&site.link(&invitation), &[("action", "decline")]).await;
    response.assert(404, "This link does not work");
    assert_eq!(site.scene.stored(&invitation), invitation);
}

/// No header of a request changes a page.
#[actix_web::test]
async fn headers_of_the_request_do_not_change_the_page() {
    let site = Site::new();
    let path = site.link(&site.invite("ada@example.com"));
    let model = site.get(&path).await;
    for name in
        ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Origin", "Referer", "X-Original-URL"]
    {
        let request = TestRequest::get().uri(&path).insert_header((name, "evil.example"));
        assert_same(&site.call(request).await, &model, name);
    }
}
