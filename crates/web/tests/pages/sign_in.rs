//! Acceptance with a login.

use usher_domain::{
    invitation::Status,
    testkit::{grant, scene::ACCOUNT},
};

use crate::site::{PASSWORD, Site};

fn login<'a>(email: &'a str, password: &'a str) -> [(&'static str, &'a str); 3] {
    [("action", "accept"), ("email", email), ("password", password)]
}

#[actix_web::test]
async fn a_login_under_the_invited_address_accepts() {
    let site = Site::new();
    site.person("ada@example.com");
    let invitation = site.invite("Ada@example.com");
    site.post(&invitation, &login("Ada@example.com", PASSWORD)).await.assert(200, "You are now a member of");
    assert!(site.membership("ada@example.com").is_some());
}

#[actix_web::test]
async fn a_login_under_another_address_accepts_because_the_key_proves_the_mailbox() {
    let site = Site::new();
    site.person("ada@home.example");
    let invitation = site.invite("ada@work.example");
    site.post(&invitation, &login("ada@home.example", PASSWORD))
        .await
        .assert(200, "sign in with ada@home.example");
    assert!(site.membership("ada@home.example").is_some());
    assert_eq!(site.scene.person("ada@work.example"), None);
    assert_eq!(
        site.scene.stored(&invitation).closed_by,
        site.scene.person("ada@home.example").map(|ada| ada.id)
    );
}

#[actix_web::test]
async fn a_wrong_password_is_401_without_a_challenge() {
    let site = Site::new();
    site.person("ada@example.com");
    let invitation = site.invite("ada@example.com");
    let page = site.post(&invitation, &login("ada@example.com", "S3cret-guess")).await;
    page.assert(401, "Wrong password. Check it and try again.");
    page.assert(401, r#"aria-describedby="password-error""#);
    assert_eq!(page.header("WWW-Authenticate"), None, "the browser shows no dialog");
    assert!(!page.body.contains("S3cret-guess"), "{}", page.body);
    assert_eq!(site.scene.stored(&invitation).status, Status::Pending);
    site.post(&invitation, &login("ada@example.com", PASSWORD)).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn unknown_addresses_and_wrong_passwords_get_the_same_page() {
    let site = Site::new();
    site.person("ada@example.com");
    let invitation = site.invite("eve@example.com");
    let unknown = site.post(&invitation, &login("bob@example.com", "a wrong guess")).await;
    unknown.assert(401, "Wrong email or password. Check both and try again.");
    unknown.assert(401, "<details open>");
    unknown.assert(401, r#"value="bob@example.com""#);
    let wrong = site.post(&invitation, &login("ada@example.com", "a wrong guess")).await;
    assert_eq!(wrong.status, unknown.status);
    assert_eq!(wrong.body.replace("ada@", "bob@"), unknown.body);
    // Jane has no password.
    let without = site.post(&invitation, &login("jane@example.com", "a wrong guess")).await;
    assert_eq!(without.body.replace("value=\"jane@", "value=\"bob@"), unknown.body);
    for empty in [&login("ada@example.com", "")[..], &[("action", "accept"), ("email", "ada@example.com")]] {
        site.post(&invitation, empty).await.assert(401, "Wrong email or password.");
    }
}

#[actix_web::test]
async fn a_malformed_address_is_an_error_in_its_field() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let page = site.post(&invitation, &login("<b>ada", PASSWORD)).await;
    page.assert(422, "The address must be one e-mail address such as name@example.com.");
    page.assert(422, r#"aria-describedby="other-email-error""#);
    page.assert(422, r#"value="&lt;b&gt;ada""#);
}

#[actix_web::test]
async fn a_member_keeps_the_roles_of_the_membership() {
    let site = Site::new();
    site.person("ada@home.example");
    site.scene.add_member(ACCOUNT, "ada@home.example", grant(["user"]));
    let invitation = site.invite("ada@work.example");
    let before = site.membership("ada@home.example");
    site.post(&invitation, &login("ada@home.example", PASSWORD))
        .await
        .assert(409, "You are already a member");
    assert_eq!(site.membership("ada@home.example"), before);
    assert_eq!(site.scene.stored(&invitation).status, Status::Pending, "another login can still accept");
}

/// The link that was replaced stays replaced, even for a person who verified the address before.
#[actix_web::test]
async fn a_login_does_not_revive_an_older_link() {
    let site = Site::new();
    site.person("ada@example.com");
    let older = site.invite("ada@example.com");
    site.scene.resend(&older);
    site.post(&older, &login("ada@example.com", PASSWORD)).await.assert(410, "A newer mail was sent");
    assert_eq!(site.membership("ada@example.com"), None);
}

#[actix_web::test]
async fn wrong_passwords_are_throttled() {
    let site = Site::new();
    site.person("ada@example.com");
    let invitation = site.invite("eve@example.com");
    for _ in 0..10 {
        site.post(&invitation, &login("ada@example.com", "a wrong guess"))
            .await
            .assert(401, "Wrong email or password.");
    }
    let right = site.post(&invitation, &login("ada@example.com", PASSWORD)).await;
    right.assert(429, "Too many logins have failed. Try again in 1 minute.");
    assert_eq!(right.header("Retry-After"), Some("1"));
    site.scene.clock.advance(chrono::TimeDelta::seconds(1));
    site.post(&invitation, &login("ada@example.com", PASSWORD)).await.assert(200, "You are now a member");
}

/// The key of this account's mail gives no access to another account.
#[actix_web::test]
async fn a_person_who_signs_in_elsewhere_is_sent_there() {
    let site = Site::new();
    site.scene.add_account("upside", "Upside");
    site.scene.add_member("upside", "ada@example.com", grant(["GlobalAdmin"]));
    let invitation = site.invite("ada@example.com");
    let page = site.get(&site.link(&invitation)).await;
    page.assert(200, "Accept with your login");
    assert!(!page.body.contains("Choose a password"), "{}", page.body);
    let newcomer = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    site.post(&invitation, &newcomer).await.assert(409, "You already have a login with this address");
    assert_eq!(site.scene.person("ada@example.com").and_then(|ada| ada.password), None);
    assert_eq!(site.scene.stored(&invitation).status, Status::Pending);
}
