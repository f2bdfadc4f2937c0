use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_auth::{IssuerSettings, JwtError, TokenIssuer};
use usher_domain::{
    Timestamp,
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    port::{TokenRequest, TokenSigner as _},
};

use crate::support::{NOW, SECRET, at, now, shared, sign, verifier};

fn email() -> EmailAddress {
    EmailAddress::parse("john@example.com").unwrap()
}

fn request(email: &EmailAddress) -> TokenRequest<'_> {
    TokenRequest {
        email,
        email_verified: true,
        person_id: PersonId::new(1),
        account: None,
        lifetime: TimeDelta::days(1),
    }
}

/// The header and the claims, after checking the signature.
fn read(token: &str) -> (String, Value) {
    let (input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(token, sign(input, SECRET), "signed with the current secret");
    let (header, claims) = input.split_once('.').unwrap();
    let decode = |part| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (decode(header), serde_json::from_str(&decode(claims)).unwrap())
}

#[test]
fn signed_tokens_have_landscapes_header_and_claims() {
    let (email, account) = (email(), AccountName::parse("onward").unwrap());
    let issuer = TokenIssuer::new(&shared()).unwrap();
    let token = issuer.sign(&TokenRequest { account: Some(&account), ..request(&email) }, now());
    let (header, claims) = read(token.reveal());
    assert_eq!(header, r#"{"alg":"HS256","typ":"JWT"}"#);
    let expected = json!({
        "exp": NOW + 86_400, "iat": NOW, "sub": "john@example.com", "acc": "onward", "id": 1, "email_verified": true,
    });
    assert_eq!(claims, expected);
    assert_eq!(token.expires_at, at(NOW + 86_400));
}

#[test]
fn absent_values_have_no_claim() {
    let email = email();
    let issuer = TokenIssuer::new(&shared()).unwrap();
    let (_, claims) =
        read(issuer.sign(&TokenRequest { email_verified: false, ..request(&email) }, now()).reveal());
    assert_eq!(claims, json!({ "exp": NOW + 86_400, "iat": NOW, "sub": "john@example.com", "id": 1 }));
}

#[test]
fn issuer_and_audience_come_from_the_settings() {
    let settings = IssuerSettings {
        issuer: Some("https://usher.example.com".into()),
        audiences: vec!["usher".into(), "another".into()],
        ..shared()
    };
    let (_, claims) = read(TokenIssuer::new(&settings).unwrap().sign(&request(&email()), now()).reveal());
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("https://usher.example.com"), &json!("usher")));
}

/// With and without each optional part.
#[tokio::test]
async fn signed_tokens_are_accepted_by_the_verifier() {
    let (email, account) = (email(), AccountName::parse("onward").unwrap());
    let named = IssuerSettings { issuer: Some("usher".into()), audiences: vec!["usher".into()], ..shared() };
    for settings in [shared(), named] {
        let verifier = verifier([settings.clone()]);
        let issuer = TokenIssuer::new(&settings).unwrap();
        for (email_verified, account) in
            [(true, Some(&account)), (true, None), (false, Some(&account)), (false, None)]
        {
            let token = issuer.sign(&TokenRequest { email_verified, account, ..request(&email) }, now());
            let principal = verifier.verify(token.reveal(), now()).await.unwrap();
            assert_eq!(principal.email, email);
            assert_eq!(principal.email_verified, email_verified);
            assert_eq!(principal.person_id, Some(PersonId::new(1)));
            assert_eq!(principal.account.as_ref(), account);
        }
    }
}

#[tokio::test]
async fn signed_tokens_expire_at_expires_at() {
    let email = email();
    let leeway = TimeDelta::seconds(30);
    let token = TokenIssuer::new(&shared()).unwrap().sign(&request(&email), now());
    let verifier = verifier([shared()]);
    let last = token.expires_at + leeway - TimeDelta::microseconds(1);
    assert!(verifier.verify(token.reveal(), last).await.is_ok());
    assert_eq!(verifier.verify(token.reveal(), token.expires_at + leeway).await, Err(JwtError::Expired));
}

#[test]
fn times_are_whole_seconds_up_to_the_year_9999() {
    let email = email();
    let issuer = TokenIssuer::new(&shared()).unwrap();
    let half = now() + TimeDelta::milliseconds(500);
    let year_9999 = at(253_402_300_799);
    for (lifetime, now, iat, expires_at) in [
        (TimeDelta::milliseconds(700), half, NOW, at(NOW + 1)),
        (TimeDelta::zero(), half, NOW, at(NOW)),
        (TimeDelta::seconds(-5), now(), NOW, at(NOW)),
        (TimeDelta::MIN, now(), NOW, at(NOW)),
        (TimeDelta::MAX, now(), NOW, year_9999),
        (TimeDelta::days(10_000_000), now(), NOW, year_9999),
    ] {
        let token = issuer.sign(&TokenRequest { lifetime, ..request(&email) }, now);
        let (_, claims) = read(token.reveal());
        assert_eq!(token.expires_at, expires_at, "{lifetime}");
        assert_eq!(
            (&claims["exp"], &claims["iat"]),
            (&json!(expires_at.timestamp()), &json!(iat)),
            "{lifetime}"
        );
    }
    let _ = issuer.sign(&request(&email), Timestamp::MAX_UTC);
}

/// These characters must survive JSON and base64url.
#[tokio::test]
async fn addresses_keep_their_spelling() {
    let verifier = verifier([shared()]);
    let issuer = TokenIssuer::new(&shared()).unwrap();
    for address in ["John+Tag@Example.COM", "o'neil@example.com", "jörg@exämple.de", "{a}`|~@example.com"] {
        let email = EmailAddress::parse(address).unwrap();
        let token = issuer.sign(&request(&email), now());
        let principal = verifier.verify(token.reveal(), now()).await.unwrap();
        assert_eq!(principal.email, email);
        let local = |address: &str| address.split_once('@').unwrap().0.to_owned();
        assert_eq!(local(principal.email.as_str()), local(address));
    }
}

/// IDNA ignores these characters, so no check has seen them, and they would hide in the claim.
#[test]
fn the_subject_is_the_address_that_was_checked() {
    let issuer = TokenIssuer::new(&shared()).unwrap();
    for ignored in ['\u{200b}', '\u{ad}', '\u{feff}', '\u{2060}'] {
        let Ok(email) = EmailAddress::parse(&format!("john@exam{ignored}ple.com")) else { continue };
        let (_, claims) = read(issuer.sign(&request(&email), now()).reveal());
        assert_eq!(claims["sub"], "john@example.com", "{ignored:?}");
    }
}
