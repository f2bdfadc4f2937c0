//! A newcomer accepts.

use usher_domain::{invitation::Status, role::Grant};

use crate::world::{PASSWORD, World};

const NEWCOMER: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];

#[actix_web::test]
async fn one_post_makes_the_person_and_the_membership() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let page = world.post(&invitation, &NEWCOMER).await;
    page.assert(200, "You are now a member of Onward, Inc.");
    page.assert(200, "sign in with ada@example.com");
    let ada = world.who("ada@example.com").unwrap();
    assert_eq!(ada.name.as_str(), "Ada Lovelace");
    assert!(ada.email_verified, "the key proved the mailbox");
    assert!(world.passwords.verify(ada.password.as_ref(), PASSWORD));
    assert_eq!(world.membership("ada@example.com").unwrap().grant, Grant::of_roles(["Auditor"]).unwrap());
    assert_eq!(world.stored(&invitation).status, Status::Accepted);
}

#[actix_web::test]
async fn the_page_leads_on_when_there_is_somewhere_to_go() {
    let mut world = World::new();
    let without = world.post(&world.invite("ada@example.com"), &NEWCOMER).await;
    assert!(!without.body.contains("<a "), "{}", without.body);
    world.continue_url = Some("https://console.example.com/start?from=usher&lang=en".parse().unwrap());
    let with = world.post(&world.invite("eve@example.com"), &NEWCOMER).await;
    with.assert(200, ">Continue to console.example.com</a>");
    with.assert(200, "from=usher&amp;lang=en");
}

#[actix_web::test]
async fn a_link_works_once() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
    world.post(&invitation, &NEWCOMER).await.assert(410, "accepted already");
    let other = [("action", "accept"), ("name", "Eve"), ("password", "another password")];
    world.post(&invitation, &other).await.assert(410, "accepted already");
    assert!(world.passwords.verify(world.who("ada@example.com").unwrap().password.as_ref(), PASSWORD));
}

#[actix_web::test]
async fn the_form_is_shown_again_with_what_to_change() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let short = [("action", "accept"), ("name", "Ada Lovelace"), ("password", "S3cret!")];
    let page = world.post(&invitation, &short).await;
    page.assert(422, "The password must have at least 8 characters.");
    page.assert(422, r#"value="Ada Lovelace""#);
    page.assert(422, "<title>Error: ");
    assert!(!page.body.contains("S3cret!"), "a password is never sent back");
    let both = [("action", "accept"), ("name", " "), ("password", "")];
    let page = world.post(&invitation, &both).await;
    page.assert(422, "Your name must not be empty.");
    page.assert(422, "The password must have at least 8 characters.");
    world.post(&invitation, &[("action", "accept")]).await.assert(422, "Your name must not be empty.");
    let link = [("action", "accept"), ("name", "www.example.com"), ("password", PASSWORD)];
    world.post(&invitation, &link).await.assert(422, "must not contain a web or e-mail address");
    assert_eq!(world.stored(&invitation), invitation, "nothing was changed");
    world.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn who_has_a_password_cannot_choose_another_one_here() {
    let world = World::new();
    world.person("ada@example.com");
    let invitation = world.invite("ada@example.com");
    let other = [("action", "accept"), ("name", "Eve"), ("password", "another password")];
    let page = world.post(&invitation, &other).await;
    page.assert(409, "There is a login for this address already. Sign in with its password.");
    page.assert(409, "Sign in to accept");
    assert_eq!(world.membership("ada@example.com"), None);
    assert!(world.passwords.verify(world.who("ada@example.com").unwrap().password.as_ref(), PASSWORD));
}

#[actix_web::test]
async fn who_is_known_without_a_password_chooses_one() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let mut ada = world.person("ada@example.com");
    ada.password = None;
    world.store.write("test", |tx| tx.update_person(&ada)).unwrap();
    world.post(&invitation, &NEWCOMER).await.assert(200, "You are now a member");
    assert!(world.passwords.verify(world.who("ada@example.com").unwrap().password.as_ref(), PASSWORD));
}

#[actix_web::test]
async fn what_the_account_grants_comes_from_the_invitation_alone() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let more =
        [("roles", "GlobalAdmin"), ("role", "GlobalAdmin"), ("account", "other"), ("email_verified", "true")];
    let fields: Vec<_> = NEWCOMER.into_iter().chain(more).collect();
    world.post(&invitation, &fields).await.assert(200, "You are now a member");
    assert_eq!(world.membership("ada@example.com").unwrap().grant, Grant::of_roles(["Auditor"]).unwrap());
}
