//! Forms that are sent again with their `Idempotency-Key`.

use usher_domain::invitation::Status;

use crate::site::{PASSWORD, Site, second_step};

const NEWCOMER: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];
const LOGIN: [(&str, &str); 3] =
    [("action", "accept"), ("email", "ada@home.example"), ("password", PASSWORD)];

#[actix_web::test]
async fn a_repeated_form_gets_the_first_page() {
    let site = Site::new();
    site.person("ada@home.example");
    for (address, fields) in
        [("new@example.com", &NEWCOMER[..]), ("login@example.com", &LOGIN[..]), ("no@example.com", &[])]
    {
        let invitation = site.invite(address);
        let confirmation = site.confirmation(&invitation).await;
        let decline = second_step(&confirmation, "decline");
        let fields = if fields.is_empty() { &decline[..] } else { fields };
        let first = site.post_with_key("k1", &invitation, fields).await;
        assert_eq!(first.status.as_u16(), 303, "{}", first.body);
        assert_eq!(first.header("Idempotency-Replayed"), None);
        let closed = site.scene.stored(&invitation);
        let repeated = site.post_with_key("k1", &invitation, fields).await;
        assert_eq!((repeated.status, &repeated.body), (first.status, &first.body));
        assert_eq!(repeated.header("Location"), first.header("Location"));
        assert_eq!(repeated.header("Idempotency-Replayed"), Some("true"));
        assert_eq!(repeated.header("Cache-Control"), Some("no-store"));
        assert_eq!(repeated.header("Content-Security-Policy"), first.header("Content-Security-Policy"));
        site.follow(repeated).await;
        assert_eq!(site.scene.stored(&invitation), closed);
        // With another key, the form is a new one.
        let other = site.post_with_key("k2", &invitation, fields).await;
        assert_eq!((other.status.as_u16(), other.header("Idempotency-Replayed")), (410, None));
    }
}

#[actix_web::test]
async fn a_key_belongs_to_one_form() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.post_with_key("k", &invitation, &NEWCOMER).await.assert(303, "");
    let other = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];
    site.post_with_key("k", &invitation, &other).await.assert(422, "used for another form before");
    let decline = [("action", "decline")];
    site.post_with_key("k", &invitation, &decline).await.assert(422, "used for another form before");
}

#[actix_web::test]
async fn rejected_forms_keep_no_key() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let short = [("action", "accept"), ("name", "Ada"), ("password", "short")];
    site.post_with_key("k", &invitation, &short).await.assert(422, "at least 12 characters");
    site.post_with_key("k", &invitation, &NEWCOMER).await.assert(303, "");
}

#[actix_web::test]
async fn a_malformed_key_is_rejected() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let confirmation = site.confirmation(&invitation).await;
    for fields in [&NEWCOMER[..], &second_step(&confirmation, "decline")] {
        site.post_with_key("two words", &invitation, fields).await.assert(400, "Idempotency-Key");
        assert_eq!(site.scene.stored(&invitation).status, Status::Pending);
    }
}

/// A page that was stored is shown to the holder of the link's key only.
#[actix_web::test]
async fn an_idempotency_key_does_not_replace_the_key_of_the_link() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.post_with_key("k", &invitation, &NEWCOMER).await.assert(303, "");
    let mut guessed = invitation.clone();
    guessed.generation += 1;
    for key in ["k", "k2", "two words"] {
        site.post_with_key(key, &guessed, &NEWCOMER).await.assert(404, "This link does not work");
    }
}

/// The page of a person who signed in is not shown to a person with a wrong password.
#[actix_web::test]
async fn a_repeated_form_has_to_sign_in_again() {
    let site = Site::new();
    site.person("ada@home.example");
    let invitation = site.invite("ada@example.com");
    site.post_with_key("k", &invitation, &LOGIN).await.assert(303, "");
    let wrong = [("action", "accept"), ("email", "ada@home.example"), ("password", "a wrong guess")];
    site.post_with_key("k", &invitation, &wrong).await.assert(410, "already accepted");
}
