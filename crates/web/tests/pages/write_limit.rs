//! The write limit of people who sign in on the page.

use usher_domain::{invitation::Status, testkit::Scene};

use crate::site::{PASSWORD, Site};

fn login(email: &str) -> [(&'static str, &str); 3] {
    [("action", "accept"), ("email", email), ("password", PASSWORD)]
}

#[actix_web::test]
async fn acceptances_with_a_login_count() {
    let mut scene = Scene::new();
    scene.env.policy.writes_per_hour = 1;
    let site = Site::of(scene);
    site.person("ada@example.com");
    let first = site.invite("one@example.com");
    site.post(&first, &login("ada@example.com")).await.assert(200, "You are now a member");
    let second = site.invite("two@example.com");
    let page = site.post(&second, &login("ada@example.com")).await;
    // It is 14:49:25, and the limit resets at 15:00.
    page.assert(429, "Try again in 11 minutes.");
    assert_eq!(page.header("Retry-After"), Some("635"));
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert_eq!(site.scene.stored(&second).status, Status::Pending);
    site.scene.clock.advance(chrono::TimeDelta::seconds(635));
    site.post(&second, &login("ada@example.com")).await.assert(409, "You are already a member");
}

#[actix_web::test]
async fn newcomers_and_declines_do_not_count() {
    let mut scene = Scene::new();
    scene.env.policy.writes_per_hour = 1;
    let site = Site::of(scene);
    for address in ["one@example.com", "two@example.com"] {
        let newcomer = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
        site.post(&site.invite(address), &newcomer).await.assert(200, "You are now a member");
    }
    for address in ["three@example.com", "four@example.com"] {
        site.decline(&site.invite(address)).await.assert(410, "You declined");
    }
}
