//! Acceptance by newcomers.

use usher_domain::{
    invitation::Status,
    testkit::{PlainHasher, grant},
};

use crate::site::{PASSWORD, Site};

const NEWCOMER: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];

#[actix_web::test]
async fn a_newcomer_becomes_a_person_and_a_member() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let page = site.post(&invitation, &NEWCOMER).await;
    page.assert(200, "You are now a member of Onward, Inc.");
    page.assert(200, "sign in with ada@example.com");
    let ada = site.scene.person("ada@example.com").unwrap();
    assert_eq!(ada.name.as_str(), "Ada Lovelace");
    assert!(ada.email_verified, "the key proved the mailbox");
    assert_eq!(ada.password, Some(PlainHasher::hash_of(PASSWORD)));
    assert_eq!(site.membership("ada@example.com").unwrap().grant, grant(["Auditor"]));
    assert_eq!(site.scene.stored(&invitation).status, Status::Accepted);
}

#[actix_web::test]
async fn the_page_links_to_the_continue_url_if_one_is_set() {
    let mut site = Site::new();
    let without = site.post(&site.invite("ada@example.com"), &NEWCOMER).await;
    assert!(!without.body.contains("<a "), "{}", without.body);
    site.settings.continue_url =
        Some("https://console.example.com/start?from=usher&lang=en".parse().unwrap());
    let with = site.post(&site.invite("eve@example.com"), &NEWCOMER).await;
    with.assert(200, ">Continue to console.example.com</a>");
    with.assert(200, "from=usher&amp;lang=en");
}

#[actix_web::test]
async fn a_link_works_once() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
    site.post(&invitation, &NEWCOMER).await.assert(410, "already accepted");
    let other = [("action", "accept"), ("name", "Eve"), ("password", "another password")];
    site.post(&invitation, &other).await.assert(410, "already accepted");
    assert_eq!(site.scene.person("ada@example.com").unwrap().password, Some(PlainHasher::hash_of(PASSWORD)));
}

/// Reloading the page after an acceptance does not send the form again, and does not look like somebody else's acceptance.
#[actix_web::test]
async fn the_page_after_an_acceptance_can_be_reloaded() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let accepted = site.submit(&invitation, &NEWCOMER).await;
    assert_eq!((accepted.status.as_u16(), accepted.body.as_str()), (303, ""));
    assert_eq!(accepted.header("Cache-Control"), Some("no-store"));
    let location = format!("/accept-invitation/{}", accepted.header("Location").unwrap());
    let before = site.scene.stored(&invitation);
    for _ in 0..2 {
        let page = site.get(&location).await;
        page.assert(200, "You are now a member of Onward, Inc.");
        page.assert(200, "sign in with ada@example.com");
    }
    assert_eq!(site.scene.stored(&invitation), before, "nothing was changed");
    let link = site.get(&site.link(&invitation)).await;
    link.assert(410, "already accepted");
    assert!(!link.body.contains("read your mail"), "{}", link.body);
}

#[actix_web::test]
async fn a_receipt_is_for_one_accepted_invitation() {
    let site = Site::new();
    let (accepted, open) = (site.invite("ada@example.com"), site.invite("eve@example.com"));
    let location = site.submit(&accepted, &NEWCOMER).await.header("Location").unwrap().to_owned();
    let receipt = location.split_once('=').unwrap().1;
    let unknown = site.get("/accept-invitation/x").await.body;
    for path in [
        format!("{}?receipt={receipt}", open.secure_id),
        format!("{}?receipt={}", accepted.secure_id, site.key(&accepted)),
        format!("{}?receipt=", accepted.secure_id),
        format!("x?receipt={receipt}"),
        // It is no key of the link.
        format!("{}?key={receipt}", accepted.secure_id),
    ] {
        let page = site.get(&format!("/accept-invitation/{path}")).await;
        assert_eq!((page.status.as_u16(), &page.body), (404, &unknown), "{path}");
    }
    // An open invitation has a receipt that shows nothing.
    let other = usher_domain::invitation::receipt(site.scene.env.keys.as_ref(), &open.secure_id);
    let page = site.get(&format!("/accept-invitation/{}?receipt={}", open.secure_id, other.reveal())).await;
    page.assert(404, "This link does not work");
}

#[actix_web::test]
async fn a_form_with_errors_is_shown_again() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let short = [("action", "accept"), ("name", "Ada Lovelace"), ("password", "S3cret!")];
    let page = site.post(&invitation, &short).await;
    page.assert(422, "The password must have at least 12 characters.");
    page.assert(422, r#"value="Ada Lovelace""#);
    page.assert(422, "<title>Error: ");
    assert!(!page.body.contains("S3cret!"), "a password is never sent back");
    let both = [("action", "accept"), ("name", " "), ("password", "")];
    let page = site.post(&invitation, &both).await;
    page.assert(422, "Your name must not be empty.");
    page.assert(422, "The password must have at least 12 characters.");
    site.post(&invitation, &[("action", "accept")]).await.assert(422, "Your name must not be empty.");
    let link = [("action", "accept"), ("name", "www.example.com"), ("password", PASSWORD)];
    site.post(&invitation, &link).await.assert(422, "must not contain a web or e-mail address");
    assert_eq!(site.scene.stored(&invitation), invitation, "nothing was changed");
    site.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn a_person_with_a_password_cannot_choose_a_new_one_here() {
    let site = Site::new();
    site.person("ada@example.com");
    let invitation = site.invite("ada@example.com");
    let other = [("action", "accept"), ("name", "Eve"), ("password", "another password")];
    let page = site.post(&invitation, &other).await;
    page.assert(409, "This address already has a login. Sign in with its password.");
    page.assert(409, "Sign in to accept");
    assert_eq!(site.membership("ada@example.com"), None);
    assert_eq!(site.scene.person("ada@example.com").unwrap().password, Some(PlainHasher::hash_of(PASSWORD)));
}

#[actix_web::test]
async fn a_person_without_a_password_chooses_one() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let mut ada = site.person("ada@example.com");
    ada.password = None;
    site.scene.write(|tx| tx.update_person(&ada)).unwrap();
    site.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
    assert_eq!(site.scene.person("ada@example.com").unwrap().password, Some(PlainHasher::hash_of(PASSWORD)));
}

#[actix_web::test]
async fn roles_come_from_the_invitation_and_not_from_the_form() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let more =
        [("roles", "GlobalAdmin"), ("role", "GlobalAdmin"), ("account", "other"), ("email_verified", "true")];
    let fields: Vec<_> = NEWCOMER.into_iter().chain(more).collect();
    site.post(&invitation, &fields).await.assert(200, "You are now a member");
    assert_eq!(site.membership("ada@example.com").unwrap().grant, grant(["Auditor"]));
}
