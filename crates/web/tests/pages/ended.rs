//! Links of invitations that have ended, opened with the right key.

use chrono::TimeDelta;
use usher_domain::invitation::Invitation;

use crate::site::{PASSWORD, Site};

const ACCEPT: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];

/// Opening, accepting and declining get the same page.
async fn assert_everywhere(site: &Site, invitation: &Invitation, status: u16, text: &str) {
    let before = site.scene.stored(invitation);
    let seen = site.get(&site.link(invitation)).await;
    seen.assert(status, text);
    for fields in [&ACCEPT[..], &[("action", "decline")], &[("action", "accept"), ("email", "x")], &[]] {
        let page = site.post(invitation, fields).await;
        assert_eq!((page.status, &page.body), (seen.status, &seen.body), "{fields:?}");
    }
    assert_eq!(site.scene.stored(invitation), before, "nothing was changed");
}

#[actix_web::test]
async fn an_expired_invitation_can_be_sent_again() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.scene.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    site.get(&site.link(&invitation)).await.assert(200, "less than 2 minutes left");
    site.scene.clock.advance(TimeDelta::seconds(1));
    assert_everywhere(&site, &invitation, 410, "This invitation has expired").await;
    assert_everywhere(&site, &invitation, 410, "Ask the person who invited you to send the invitation again")
        .await;
    let renewed = site.scene.resend(&invitation);
    site.post(&renewed, &ACCEPT).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn the_link_of_an_older_mail_is_replaced() {
    let site = Site::new();
    let older = site.invite("ada@example.com");
    let newer = site.scene.resend(&older);
    assert_everywhere(&site, &older, 410, "A newer mail was sent").await;
    site.post(&newer, &ACCEPT).await.assert(200, "You are now a member");
    assert_everywhere(&site, &older, 410, "already accepted").await;
}

#[actix_web::test]
async fn an_accepted_invitation_links_to_the_continue_url() {
    let mut site = Site::new();
    site.settings.continue_url = Some("https://console.example.com/".parse().unwrap());
    let invitation = site.invite("ada@example.com");
    site.post(&invitation, &ACCEPT).await.assert(200, "You are now a member");
    assert_everywhere(&site, &invitation, 410, "already accepted").await;
    assert_everywhere(&site, &invitation, 410, "Continue to console.example.com").await;
}

#[actix_web::test]
async fn a_declined_invitation_has_a_page_of_its_own() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "You declined");
    assert_everywhere(&site, &invitation, 410, "You declined the invitation").await;
    site.scene.clock.advance(TimeDelta::days(14));
    assert_everywhere(&site, &invitation, 410, "This invitation was declined").await;
}

#[actix_web::test]
async fn a_revoked_invitation_has_a_page_of_its_own() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.scene.revoke(&invitation);
    assert_everywhere(&site, &invitation, 410, "This invitation was withdrawn").await;
}

#[actix_web::test]
async fn an_inviter_without_permission_blocks_the_acceptance() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.scene.remove(&site.scene.admin());
    site.get(&site.link(&invitation)).await.assert(200, "Join");
    site.post(&invitation, &ACCEPT).await.assert(403, "Ask another administrator");
    assert_eq!(site.scene.person("ada@example.com"), None, "no person is created");
    site.decline(&invitation).await.assert(410, "You declined");
}
