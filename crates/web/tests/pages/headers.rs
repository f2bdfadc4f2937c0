//! Response headers of pages.

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use usher_domain::port::StoreError;

use crate::site::{PASSWORD, Response, Site};

fn assert_protected(page: &Response) {
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
    assert_eq!(page.header("Location"), None, "pages do not redirect");
    assert_eq!(page.header("Access-Control-Allow-Origin"), None);
}

#[actix_web::test]
async fn every_page_has_the_protective_headers() {
    let mut site = Site::new();
    let invitation = site.invite("ada@example.com");
    let path = site.link(&invitation);
    assert_protected(&site.get(&path).await);
    assert_protected(&site.get("/accept-invitation/x").await);
    assert_protected(&site.call(TestRequest::delete().uri(&path)).await);
    assert_protected(&site.call(TestRequest::post().uri(&path).set_payload("x")).await);
    assert_protected(&site.post(&invitation, &[("action", "accept")]).await);
    let login = [("action", "accept"), ("email", "eve@example.com"), ("password", "a wrong guess")];
    assert_protected(&site.post(&invitation, &login).await);
    let accept = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];
    assert_protected(&site.post(&invitation, &accept).await);
    assert_protected(&site.post(&invitation, &accept).await);
    site.fail(StoreError::Contended);
    assert_protected(&site.get(&path).await);
}

#[actix_web::test]
async fn other_methods_are_rejected() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    for method in
        [Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE, Method::CONNECT]
    {
        let response =
            site.call(TestRequest::default().method(method.clone()).uri(&site.link(&invitation))).await;
        assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(response.header("Allow"), Some("GET, HEAD, POST"));
    }
    assert_eq!(site.scene.stored(&invitation), invitation);
}

#[actix_web::test]
async fn the_stylesheet_is_cached_and_loads_nothing() {
    let site = Site::new();
    let page = site.get("/accept-invitation/x").await;
    let (_, from) = page.body.split_once("href=\"../assets/").unwrap();
    let (name, _) = from.split_once('"').unwrap();
    let css = site.get(&format!("/assets/{name}")).await;
    css.assert(200, "prefers-color-scheme: dark");
    assert_eq!(css.header("Content-Type"), Some("text/css; charset=utf-8"));
    assert_eq!(css.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(css.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
    assert!(!css.body.contains("url(") && !css.body.contains("@import"), "it loads nothing");
}
