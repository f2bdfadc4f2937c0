//! Declines, and taking them back.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use usher_domain::{
    invitation::Status,
    testkit::{Scene, grant},
    usecase::invite::Invite,
};

use crate::{
    html::{Html, assert_accessible},
    site::{PASSWORD, Response, Site, second_step},
};

const ACCEPT: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
const REOPEN: [(&str, &str); 1] = [("action", "reopen")];

#[actix_web::test]
async fn the_key_is_the_only_credential() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "You declined the invitation");
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);
    assert_eq!(site.scene.person("ada@example.com"), None, "declining creates no person");
}

#[actix_web::test]
async fn a_decline_needs_a_choice_in_a_second_form() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let first = site.submit(&invitation, &[("action", "decline")]).await;
    first.assert(200, "What do you want to do?");
    assert_accessible(&first.body);
    let confirmation = site.confirmation(&invitation).await;
    for incomplete in [
        &[("action", "decline"), ("choice", "decline")][..],
        &[("action", "decline"), ("confirmation", "x"), ("choice", "decline")],
        &[("action", "decline"), ("confirmation", &site.key(&invitation)), ("choice", "decline")],
    ] {
        site.submit(&invitation, incomplete).await.assert(200, "What do you want to do?");
    }
    for choice in [&[][..], &[("choice", "")], &[("choice", "yes")]] {
        let fields = [&[("action", "decline"), ("confirmation", confirmation.as_str())][..], choice].concat();
        let page = site.submit(&invitation, &fields).await;
        page.assert(422, "Choose whether to keep or to decline the invitation.");
        assert_accessible(&page.body);
    }
    let kept = site.post(&invitation, &second_step(&confirmation, "keep")).await;
    kept.assert(200, "Join");
    assert_eq!(site.scene.stored(&invitation), invitation, "nothing was changed");
    let other = site.invite("eve@example.com");
    site.submit(&other, &second_step(&confirmation, "decline")).await.assert(200, "What do you want to do?");
    assert_eq!(site.scene.stored(&other), other, "a confirmation belongs to one invitation");
    let declined = site.submit(&invitation, &second_step(&confirmation, "decline")).await;
    assert_eq!((declined.status, declined.body.as_str()), (StatusCode::SEE_OTHER, ""));
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);
}

/// The forms of a page with the values that a program finds in them: hidden fields, and boxes and buttons that are checked.
fn forms(body: &str) -> Vec<Vec<(String, String)>> {
    let mut forms: Vec<Vec<(String, String)>> = Vec::new();
    for element in Html::parse(body).elements {
        match (element.name.as_str(), element.attribute("name"), element.attribute("type")) {
            ("form", ..) => forms.push(Vec::new()),
            ("input", Some(name), kind)
                if !matches!(kind, Some("radio" | "checkbox")) || element.attribute("checked").is_some() =>
            {
                let filled = if kind == Some("hidden") { "" } else { "checker" };
                let value = element.attribute("value").unwrap_or(filled).to_owned();
                forms.last_mut().unwrap().push((name.to_owned(), value));
            }
            _ => {}
        }
    }
    forms
}

/// Submits every form of the page, then every form of the pages that follow, and so on.
pub(crate) async fn submit_all(site: &Site, path: &str, page: Response, depth: u8) -> usize {
    let mut submitted = 0;
    for form in forms(&page.body) {
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        let next = site.follow(site.post_to(path, &fields).await).await;
        submitted += 1;
        if depth > 1 {
            submitted += Box::pin(submit_all(site, path, next, depth - 1)).await;
        }
    }
    submitted
}

#[actix_web::test]
async fn a_checker_that_submits_every_form_does_not_decline() {
    let site = Site::new();
    for address in ["ada@example.com", "bob@example.com"] {
        if address.starts_with("bob") {
            site.person(address);
        }
        let invitation = site.invite(address);
        let path = format!("/accept-invitation/{}", invitation.secure_id);
        let page = site.get(&site.link(&invitation)).await;
        assert!(submit_all(&site, &path, page, 3).await > 6);
        assert_eq!(site.scene.stored(&invitation), invitation, "nothing was changed");
    }
}

#[actix_web::test]
async fn a_declined_invitation_stays_declined() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "You declined");
    site.post(&invitation, &[("action", "decline")]).await.assert(410, "You declined");
    site.post(&invitation, &ACCEPT).await.assert(410, "You declined");
    // For thirty days the account cannot invite the address again.
    site.scene.clock.advance(TimeDelta::days(30));
    let second = site.invite("ada@example.com");
    site.post(&second, &ACCEPT).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn the_same_link_takes_a_decline_back_until_the_expiry() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "You declined");
    site.scene.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    let page = site.get(&site.link(&invitation)).await;
    page.assert(410, "you can take it back until");
    page.assert(410, "3 April 2024, 14:49 UTC");
    assert_accessible(&page.body);
    site.post(&invitation, &REOPEN).await.assert(200, "Join");
    let reopened = site.scene.stored(&invitation);
    assert_eq!((reopened.status, reopened.expires_at), (Status::Pending, invitation.expires_at));
    let actions = site.scene.audited_actions();
    assert_eq!(actions[actions.len() - 2..], ["invitation.declined", "invitation.reopened"]);
    site.post(&invitation, &REOPEN).await.assert(200, "Join");
    site.decline(&invitation).await.assert(410, "You declined");
    site.post(&invitation, &REOPEN).await.assert(200, "Join");
    site.post(&invitation, &ACCEPT).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn a_decline_is_final_after_the_expiry() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.decline(&invitation).await.assert(410, "You declined");
    site.scene.clock.advance(TimeDelta::days(14));
    site.post(&invitation, &REOPEN).await.assert(410, "This invitation was declined");
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);
}

#[actix_web::test]
async fn a_decline_is_not_taken_back_beside_a_newer_invitation() {
    let site = Site::new();
    let command = Scene::invitation("ada@example.com", grant(["Auditor"]));
    let command = Invite { validity: TimeDelta::days(60), ..command };
    let invitation = site.scene.send(&site.scene.admin(), &command).unwrap();
    site.decline(&invitation).await.assert(410, "You declined");
    site.scene.clock.advance(TimeDelta::days(30));
    site.invite("ada@example.com");
    site.post(&invitation, &REOPEN).await.assert(409, "Open the link in the newest mail");
    assert_eq!(site.scene.stored(&invitation).status, Status::Declined);
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
