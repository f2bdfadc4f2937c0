use serde_json::{Value, json};
use usher_auth::{Claim, ClaimNames, EmailTrust, InvalidToken, IssuerSettings, JwtError};
use usher_domain::{account::AccountName, id::PersonId, principal::Principal, text::DisplayText};

use crate::support::{claims, claims_with, now, shared, token, verifier};

/// The principal's person, account and name.
fn details(principal: &Principal) -> (Option<i64>, Option<&str>, Option<&str>) {
    let account = principal.account.as_ref().map(AccountName::as_str);
    (principal.person_id.map(PersonId::get), account, principal.name.as_ref().map(DisplayText::as_str))
}

async fn outcome(names: ClaimNames, claims: &Value) -> Result<Principal, JwtError> {
    let settings = IssuerSettings { claims: names, ..shared() };
    verifier([settings]).verify(&token(claims), now()).await
}

#[tokio::test]
async fn the_default_claims_are_landscapes() {
    let principal =
        outcome(ClaimNames::default(), &claims_with(json!({ "name": "John Doe" }))).await.unwrap();
    assert_eq!(principal.email.as_str(), "john@example.com");
    assert!(!principal.email_verified, "the claim is absent");
    assert_eq!(details(&principal), (Some(1), Some("onward"), Some("John Doe")));
}

#[tokio::test]
async fn all_claims_except_exp_and_sub_are_optional() {
    let bare = claims_with(json!({ "acc": null, "id": null, "iat": null }));
    let principal = outcome(ClaimNames::default(), &bare).await.unwrap();
    assert_eq!(details(&principal), (None, None, None));
    let mut nulls = claims();
    for claim in ["acc", "id", "name"] {
        nulls[claim] = Value::Null;
    }
    let principal = outcome(ClaimNames::default(), &nulls).await.unwrap();
    assert_eq!(details(&principal), (None, None, None));
}

#[tokio::test]
async fn only_the_boolean_true_verifies_the_address() {
    let not_true = [
        json!(false),
        json!("true"),
        json!("false"),
        json!(1),
        json!(0),
        json!([true]),
        json!({}),
        json!(""),
    ];
    for (email_claim, names, address) in [
        ("the subject", ClaimNames::default(), "sub"),
        ("another claim", ClaimNames::openid(), "email"),
        ("another claim", ClaimNames { email: "upn".into(), ..ClaimNames::default() }, "upn"),
    ] {
        let with = |verified: Value| {
            let mut claims =
                claims_with(json!({ "sub": "a-subject@example.com", address: "john@example.com" }));
            claims["email_verified"] = verified;
            claims
        };
        let principal = outcome(names.clone(), &with(json!(true))).await.unwrap();
        assert!(principal.email_verified, "{email_claim}");
        assert_eq!(principal.email.as_str(), "john@example.com", "{email_claim}");
        for value in not_true.iter().cloned().chain([Value::Null]) {
            let outcome = outcome(names.clone(), &with(value.clone())).await;
            assert_eq!(outcome, Err(JwtError::EmailNotVerified), "{email_claim}, {value}");
        }
    }
}

/// Users often enter the address in their profile themselves.
#[tokio::test]
async fn an_address_outside_the_subject_must_be_verified() {
    let unverified = claims_with(json!({ "sub": "248289761001", "email": "john@example.com" }));
    assert_eq!(outcome(ClaimNames::openid(), &unverified).await, Err(JwtError::EmailNotVerified));
    let missing = claims_with(json!({ "email_verified": true }));
    let expected = InvalidToken::MissingClaim("email".into());
    assert_eq!(outcome(ClaimNames::openid(), &missing).await, Err(expected.into()));
}

/// Usher ignores these claims of other issuers, even if they are malformed.
#[tokio::test]
async fn openid_claims_set_neither_person_nor_account() {
    let claims = claims_with(json!({
        "sub": "248289761001", "email": "john@example.com", "email_verified": true, "id": "abc", "acc": 7,
    }));
    let principal = outcome(ClaimNames::openid(), &claims).await.unwrap();
    assert_eq!((principal.person_id, principal.account), (None, None));
}

#[tokio::test]
async fn claims_are_read_under_their_configured_names() {
    let names = ClaimNames {
        email: "https://example.com/mail".into(),
        email_verified: "/https:~1~1example.com~1mail_ok".into(),
        account: Some("tenant".into()),
        person_id: Some("uid".into()),
        name: Some("preferred_username".into()),
    };
    let claims = claims_with(json!({
        "sub": "248289761001", "acc": "other", "id": 9, "name": "Other",
        "https://example.com/mail": "jane@example.com", "https://example.com/mail_ok": true,
        "tenant": "upside", "uid": 2, "preferred_username": "Jane",
    }));
    let principal = outcome(names.clone(), &claims).await.unwrap();
    assert_eq!(principal.email.as_str(), "jane@example.com");
    assert!(principal.email_verified);
    assert_eq!(details(&principal), (Some(2), Some("upside"), Some("Jane")));

    let mut invalid = claims;
    invalid["tenant"] = json!("Not A Slug");
    assert_eq!(outcome(names, &invalid).await, Err(InvalidToken::BadClaim("tenant".into()).into()));
}

/// The issuer vouches for every address, unless it says otherwise.
#[tokio::test]
async fn the_addresses_of_a_trusted_issuer_are_verified() {
    let settings = IssuerSettings {
        claims: ClaimNames { email: "preferred_username".into(), ..ClaimNames::openid() },
        email_trust: EmailTrust::Always,
        ..shared()
    };
    let verifier = verifier([settings]);
    for (verified, expected) in [
        (None, Ok(true)),
        (Some(Value::Null), Ok(true)),
        (Some(json!(true)), Ok(true)),
        (Some(json!(false)), Err(JwtError::EmailNotVerified)),
        (Some(json!("false")), Err(JwtError::EmailNotVerified)),
    ] {
        let mut claims = claims_with(json!({ "sub": "AAAAAAAA", "preferred_username": "john@example.com" }));
        if let Some(value) = &verified {
            claims["email_verified"] = value.clone();
        }
        let outcome = verifier.verify(&token(&claims), now()).await;
        assert_eq!(outcome.map(|principal| principal.email_verified), expected, "{verified:?}");
    }
}

/// Providers put the same value in different places.
#[tokio::test]
async fn the_first_place_with_a_value_counts() {
    let names = ClaimNames {
        email: Claim::parse(&["email", "/emails/0", "/https:~1~1example.com~1email"]).unwrap(),
        ..ClaimNames::openid()
    };
    for (changes, expected) in [
        (json!({ "email": "a@example.com", "emails": ["b@example.com"] }), "a@example.com"),
        (json!({ "emails": ["b@example.com", "c@example.com"] }), "b@example.com"),
        (json!({ "https://example.com/email": "d@example.com", "emails": [] }), "d@example.com"),
    ] {
        let mut claims = claims_with(changes.clone());
        claims["email_verified"] = json!(true);
        let principal = outcome(names.clone(), &claims).await.unwrap();
        assert_eq!(principal.email.as_str(), expected, "{changes}");
    }
    let none = claims_with(json!({ "email_verified": true, "emails": [] }));
    let missing = "email or /emails/0 or /https:~1~1example.com~1email";
    assert_eq!(outcome(names.clone(), &none).await, Err(InvalidToken::MissingClaim(missing.into()).into()));
    let wrong = claims_with(json!({ "email_verified": true, "emails": [7] }));
    assert_eq!(outcome(names, &wrong).await, Err(InvalidToken::BadClaim("/emails/0".into()).into()));
}

/// The largest integer that JavaScript represents exactly.
#[tokio::test]
async fn ids_go_up_to_the_last_safe_integer() {
    let last = (1_i64 << 53) - 1;
    let principal = outcome(ClaimNames::default(), &claims_with(json!({ "id": last }))).await.unwrap();
    assert_eq!(principal.person_id.map(PersonId::get), Some(last));
}

#[tokio::test]
async fn a_name_that_cannot_be_displayed_is_left_out() {
    for name in [
        json!(""),
        json!("   "),
        json!("line\nbreak"),
        json!("visit www.example.com"),
        json!("<b>John</b>"),
        json!("\u{202e}nhoJ"),
        json!("x".repeat(65)),
        json!(7),
        json!(["John"]),
        json!({}),
    ] {
        let principal = outcome(ClaimNames::default(), &claims_with(json!({ "name": name }))).await.unwrap();
        assert_eq!(principal.name, None, "{name}");
    }
}
