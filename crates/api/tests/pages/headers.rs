//! What goes with every page.

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use usher_domain::port::StoreError;

use crate::world::{Answer, Down, PASSWORD, World};

fn assert_guarded(page: &Answer) {
    for (name, value) in [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(page.header(name), Some(value), "{}", page.status);
    }
    assert!(page.header("Permissions-Policy").is_some_and(|policy| policy.contains("camera=()")));
    assert_eq!(page.header("Set-Cookie"), None);
    assert_eq!(page.header("Location"), None, "pages redirect nowhere");
    assert_eq!(page.header("Access-Control-Allow-Origin"), None);
}

#[actix_web::test]
async fn every_page_is_guarded() {
    let mut world = World::new();
    let invitation = world.invite("ada@example.com");
    let path = world.link(&invitation);
    assert_guarded(&world.get(&path).await);
    assert_guarded(&world.get("/accept-invitation/x").await);
    assert_guarded(&world.call(TestRequest::delete().uri(&path)).await);
    assert_guarded(&world.call(TestRequest::post().uri(&path).set_payload("x")).await);
    assert_guarded(&world.post(&invitation, &[("action", "accept")]).await);
    let login = [("action", "accept"), ("email", "eve@example.com"), ("password", "a wrong guess")];
    assert_guarded(&world.post(&invitation, &login).await);
    let accept = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];
    assert_guarded(&world.post(&invitation, &accept).await);
    assert_guarded(&world.post(&invitation, &accept).await);
    world.store = std::sync::Arc::new(Down(StoreError::Contended));
    assert_guarded(&world.get(&path).await);
}

#[actix_web::test]
async fn other_methods_are_refused() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    for method in
        [Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE, Method::CONNECT]
    {
        let answer =
            world.call(TestRequest::default().method(method.clone()).uri(&world.link(&invitation))).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, POST"));
    }
    assert_eq!(world.stored(&invitation), invitation);
}

#[actix_web::test]
async fn the_stylesheet_is_ours_and_cached() {
    let world = World::new();
    let page = world.get("/accept-invitation/x").await;
    let (_, from) = page.body.split_once("href=\"../assets/").unwrap();
    let (name, _) = from.split_once('"').unwrap();
    let css = world.get(&format!("/assets/{name}")).await;
    css.assert(200, "prefers-color-scheme: dark");
    assert_eq!(css.header("Content-Type"), Some("text/css; charset=utf-8"));
    assert_eq!(css.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(css.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
    assert!(!css.body.contains("url(") && !css.body.contains("@import"), "nothing from elsewhere");
}
