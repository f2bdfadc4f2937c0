//! Links that do not work any more, opened by somebody who has the key.

use chrono::TimeDelta;
use usher_domain::invitation::Invitation;

use crate::world::{PASSWORD, World};

const ACCEPT: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];

/// Looking, accepting and declining give the same page.
async fn assert_everywhere(world: &World, invitation: &Invitation, status: u16, text: &str) {
    let before = world.stored(invitation);
    let seen = world.get(&world.link(invitation)).await;
    seen.assert(status, text);
    for fields in [&ACCEPT[..], &[("action", "decline")], &[("action", "accept"), ("email", "x")], &[]] {
        let page = world.post(invitation, fields).await;
        assert_eq!((page.status, &page.body), (seen.status, &seen.body), "{fields:?}");
    }
    assert_eq!(world.stored(invitation), before, "nothing was changed");
}

#[actix_web::test]
async fn expired() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    world.get(&world.link(&invitation)).await.assert(200, "about to end");
    world.clock.advance(TimeDelta::seconds(1));
    assert_everywhere(&world, &invitation, 410, "This invitation has expired").await;
    assert_everywhere(
        &world,
        &invitation,
        410,
        "Ask the person who invited you to send the invitation again",
    )
    .await;
    let renewed = world.resend(invitation.id);
    world.post(&renewed, &ACCEPT).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn replaced() {
    let world = World::new();
    let older = world.invite("ada@example.com");
    let newer = world.resend(older.id);
    assert_everywhere(&world, &older, 410, "A newer mail was sent").await;
    world.post(&newer, &ACCEPT).await.assert(200, "You are now a member");
    assert_everywhere(&world, &older, 410, "accepted already").await;
}

#[actix_web::test]
async fn used() {
    let mut world = World::new();
    world.continue_url = Some("https://console.example.com/".parse().unwrap());
    let invitation = world.invite("ada@example.com");
    world.post(&invitation, &ACCEPT).await.assert(200, "You are now a member");
    assert_everywhere(&world, &invitation, 410, "accepted already").await;
    assert_everywhere(&world, &invitation, 410, "Continue to console.example.com").await;
}

#[actix_web::test]
async fn declined() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined");
    assert_everywhere(&world, &invitation, 410, "This invitation was declined").await;
}

#[actix_web::test]
async fn revoked() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.revoke(invitation.id);
    assert_everywhere(&world, &invitation, 410, "This invitation was withdrawn").await;
}

#[actix_web::test]
async fn the_inviter_may_not_invite_any_more() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.dismiss(&world.jane);
    world.get(&world.link(&invitation)).await.assert(200, "Join");
    world.post(&invitation, &ACCEPT).await.assert(403, "Ask another administrator");
    assert_eq!(world.who("ada@example.com"), None, "no person is left behind");
    world.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined");
}
