//! Declines.

use usher_domain::invitation::Status;

use crate::site::{PASSWORD, Site};

#[actix_web::test]
async fn the_key_is_the_only_credential() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined the invitation");
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);
    assert_eq!(site.scene.person("ada@example.com"), None, "declining creates no person");
}

#[actix_web::test]
async fn a_declined_invitation_stays_declined() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined");
    site.post(&invitation, &[("action", "decline")]).await.assert(410, "was declined");
    let accept = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    site.post(&invitation, &accept).await.assert(410, "was declined");
    let second = site.invite("ada@example.com");
    site.post(&second, &accept).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn a_form_without_a_known_action_is_shown_again() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    for fields in [&[][..], &[("action", "")], &[("action", "ACCEPT")]] {
        site.post(&invitation, fields).await.assert(422, "did not say whether to accept or to decline");
    }
    assert_eq!(site.scene.stored(&invitation), invitation);
}
