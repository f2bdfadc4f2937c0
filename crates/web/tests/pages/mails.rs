//! The invitee's choice to get no more invitations.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use usher_domain::{
    invitation::{Invitation, Status},
    outbox::MailRefusal,
    testkit::{Scene, grant},
    usecase::invite::InviteError,
};

use crate::{
    decline::submit_all,
    html::assert_accessible,
    site::{Response, Site, confirmation_of},
};

const FIRST_STEP: [(&str, &str); 1] = [("action", "mails")];
const QUESTION: &str = "Do you want to get invitations from this service?";
const BLOCKED: &str = "You chose to get no more invitations from this service.";

/// Takes both steps, as a person does.
async fn choose(site: &Site, invitation: &Invitation, choice: &str) -> Response {
    let page = site.post(invitation, &FIRST_STEP).await;
    page.assert(200, QUESTION);
    assert_accessible(&page.body);
    let confirmation = confirmation_of(&page);
    site.post(invitation, &second_step(&confirmation, choice)).await
}

fn second_step<'a>(confirmation: &'a str, choice: &'a str) -> [(&'static str, &'a str); 3] {
    [("action", "mails"), ("confirmation", confirmation), ("choice", choice)]
}

fn is_blocked(site: &Site) -> bool {
    !site.scene.read(|tx| tx.blocked_mailboxes()).is_empty()
}

#[actix_web::test]
async fn an_invitee_gets_no_more_invitations_until_the_choice_is_taken_back() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let page = choose(&site, &invitation, "block").await;
    page.assert(200, BLOCKED);
    page.assert(200, "Join");
    assert_accessible(&page.body);
    assert_eq!(site.scene.stored(&invitation), invitation, "the invitation stays open");
    site.scene.add_account("upside", "Upside");
    site.scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let ann = site.scene.actor("upside", "ann@example.com");
    let other = || site.scene.send(&ann, &Scene::invitation("ada+any@example.com", grant(["user"])));
    assert_eq!(other(), Err(InviteError::Mail(MailRefusal::Blocked)), "the choice holds for every account");
    let page = choose(&site, &invitation, "allow").await;
    page.assert(200, "Join");
    assert!(!page.body.contains(BLOCKED));
    other().unwrap();
}

#[actix_web::test]
async fn the_choice_needs_a_second_form() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let confirmation = confirmation_of(&site.post(&invitation, &FIRST_STEP).await);
    let key = site.key(&invitation);
    for forged in ["", "x", &key] {
        site.submit(&invitation, &second_step(forged, "block")).await.assert(200, QUESTION);
    }
    for choice in ["", "yes", "decline"] {
        let page = site.submit(&invitation, &second_step(&confirmation, choice)).await;
        page.assert(422, "Choose whether you want to get invitations.");
        assert_accessible(&page.body);
    }
    let path = format!("/accept-invitation/{}", invitation.secure_id);
    let strange = [&[("key", "1.x")][..], &second_step(&confirmation, "block")].concat();
    site.post_to(&path, &strange).await.assert(404, "This link does not work");
    assert!(!is_blocked(&site));
    let chosen = site.submit(&invitation, &second_step(&confirmation, "block")).await;
    assert_eq!((chosen.status, chosen.body.as_str()), (StatusCode::SEE_OTHER, ""));
    assert!(is_blocked(&site));
}

/// Neither a checker that submits every form that it finds, nor one that loads every page, changes the choice.
#[actix_web::test]
async fn a_checker_changes_no_choice() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let path = format!("/accept-invitation/{}", invitation.secure_id);
    for choice in ["allow", "block"] {
        choose(&site, &invitation, choice).await;
        let page = site.get(&site.link(&invitation)).await;
        assert!(submit_all(&site, &path, page, 3).await > 6);
        assert_eq!(is_blocked(&site), choice == "block");
    }
}

#[actix_web::test]
async fn a_declined_or_revoked_invitation_can_still_choose() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "I do not want any invitations from this service");
    let page = choose(&site, &invitation, "block").await;
    page.assert(410, BLOCKED);
    page.assert(410, "Take the decline back");
    assert_accessible(&page.body);
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);

    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.scene.revoke(&invitation);
    let page = choose(&site, &invitation, "block").await;
    page.assert(410, BLOCKED);
    assert_accessible(&page.body);
    choose(&site, &invitation, "allow").await.assert(410, "This invitation was withdrawn");
    assert!(!is_blocked(&site));
}

#[actix_web::test]
async fn a_link_chooses_until_its_expiry() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let confirmation = confirmation_of(&site.post(&invitation, &FIRST_STEP).await);
    site.scene.clock.advance(TimeDelta::days(14));
    let page = site.post(&invitation, &second_step(&confirmation, "block")).await;
    page.assert(410, "This invitation has expired");
    assert!(!page.body.contains("any invitations"), "{}", page.body);
    assert!(!is_blocked(&site));
}
