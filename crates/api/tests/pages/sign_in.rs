//! Somebody with a login accepts.

use usher_domain::invitation::Status;

use crate::world::{PASSWORD, World};

fn login<'a>(email: &'a str, password: &'a str) -> [(&'static str, &'a str); 3] {
    [("action", "accept"), ("email", email), ("password", password)]
}

#[actix_web::test]
async fn with_the_invited_address() {
    let world = World::new();
    world.person("ada@example.com");
    let invitation = world.invite("Ada@example.com");
    world.post(&invitation, &login("Ada@example.com", PASSWORD)).await.assert(200, "You are now a member of");
    assert!(world.membership("ada@example.com").is_some());
}

#[actix_web::test]
async fn with_another_address_because_the_key_proves_the_mailbox() {
    let world = World::new();
    world.person("ada@home.example");
    let invitation = world.invite("ada@work.example");
    world
        .post(&invitation, &login("ada@home.example", PASSWORD))
        .await
        .assert(200, "sign in with ada@home.example");
    assert!(world.membership("ada@home.example").is_some());
    assert_eq!(world.who("ada@work.example"), None);
    assert_eq!(world.stored(&invitation).closed_by, world.who("ada@home.example").map(|ada| ada.id));
}

#[actix_web::test]
async fn a_wrong_password_is_said_without_a_challenge() {
    let world = World::new();
    world.person("ada@example.com");
    let invitation = world.invite("ada@example.com");
    let page = world.post(&invitation, &login("ada@example.com", "S3cret-guess")).await;
    page.assert(401, "This is not the password of the login with that address.");
    page.assert(401, r#"aria-describedby="password-error""#);
    assert_eq!(page.header("WWW-Authenticate"), None, "no dialog of the browser");
    assert!(!page.body.contains("S3cret-guess"), "{}", page.body);
    assert_eq!(world.stored(&invitation).status, Status::Pending);
    world.post(&invitation, &login("ada@example.com", PASSWORD)).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn unknown_addresses_and_wrong_passwords_are_one_answer() {
    let world = World::new();
    world.person("ada@example.com");
    let invitation = world.invite("eve@example.com");
    let unknown = world.post(&invitation, &login("bob@example.com", "a wrong guess")).await;
    unknown.assert(401, "There is no login with this address and this password.");
    unknown.assert(401, "<details open>");
    unknown.assert(401, r#"value="bob@example.com""#);
    let wrong = world.post(&invitation, &login("ada@example.com", "a wrong guess")).await;
    assert_eq!(wrong.status, unknown.status);
    assert_eq!(wrong.body.replace("ada@", "bob@"), unknown.body);
    // Jane has no password.
    let without = world.post(&invitation, &login("jane@example.com", "a wrong guess")).await;
    assert_eq!(without.body.replace("jane@", "bob@"), unknown.body);
    for empty in [&login("ada@example.com", "")[..], &[("action", "accept"), ("email", "ada@example.com")]] {
        world.post(&invitation, empty).await.assert(401, "There is no login");
    }
}

#[actix_web::test]
async fn an_address_that_is_none_is_a_mistake_in_its_field() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let page = world.post(&invitation, &login("<b>ada", PASSWORD)).await;
    page.assert(422, "The address must be one e-mail address such as name@example.com.");
    page.assert(422, r#"aria-describedby="other-email-error""#);
    page.assert(422, r#"value="&lt;b&gt;ada""#);
}

#[actix_web::test]
async fn who_is_a_member_keeps_what_they_have() {
    let world = World::new();
    let ada = world.person("ada@home.example");
    world.enrol(&ada);
    let invitation = world.invite("ada@work.example");
    let before = world.membership("ada@home.example");
    world
        .post(&invitation, &login("ada@home.example", PASSWORD))
        .await
        .assert(409, "You are already a member");
    assert_eq!(world.membership("ada@home.example"), before);
    assert_eq!(world.stored(&invitation).status, Status::Pending, "another login can still accept");
}

/// A verified address is no second way in: the link that was replaced stays replaced.
#[actix_web::test]
async fn a_login_does_not_revive_an_older_link() {
    let world = World::new();
    world.person("ada@example.com");
    let older = world.invite("ada@example.com");
    world.resend(older.id);
    world.post(&older, &login("ada@example.com", PASSWORD)).await.assert(410, "A newer mail was sent");
    assert_eq!(world.membership("ada@example.com"), None);
}

#[actix_web::test]
async fn passwords_cannot_be_tried_for_ever() {
    let world = World::new();
    world.person("ada@example.com");
    let invitation = world.invite("eve@example.com");
    for _ in 0..10 {
        world
            .post(&invitation, &login("ada@example.com", "a wrong guess"))
            .await
            .assert(401, "There is no login");
    }
    let right = world.post(&invitation, &login("ada@example.com", PASSWORD)).await;
    right.assert(429, "There were too many wrong passwords for this address; try again in 15 minutes.");
    world.clock.advance(chrono::TimeDelta::minutes(15));
    world.post(&invitation, &login("ada@example.com", PASSWORD)).await.assert(200, "You are now a member");
}

/// The key of this account's mail is no password to another account.
#[actix_web::test]
async fn who_signs_in_elsewhere_is_sent_there() {
    let world = World::new();
    world.member_of_another_account("ada@example.com");
    let invitation = world.invite("ada@example.com");
    let page = world.get(&world.link(&invitation)).await;
    page.assert(200, "Accept with your login");
    assert!(!page.body.contains("Choose a password"), "{}", page.body);
    let newcomer = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    world.post(&invitation, &newcomer).await.assert(409, "You have a login with this address already");
    assert_eq!(world.who("ada@example.com").and_then(|ada| ada.password), None);
    assert_eq!(world.stored(&invitation).status, Status::Pending);
}
