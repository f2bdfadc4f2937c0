use serde_json::{Value, json};
use usher_auth::{InvalidToken, IssuerSettings, JwtError, KeySource, PublicKeySettings, SecretRing};

use crate::support::{
    OLD_SECRET, SECRET, TestKey, claims, claims_with, now, secret, shared, signed, token, verifier,
};

const ONE: &str = "https://one.example.com";
const TWO: &str = "https://two.example.com";

fn public(key: &TestKey) -> IssuerSettings {
    IssuerSettings::new(KeySource::PublicKeys(vec![PublicKeySettings { pem: key.pem(), kid: None }]))
}

fn named(issuer: &str, settings: IssuerSettings) -> IssuerSettings {
    IssuerSettings { issuer: Some(issuer.into()), ..settings }
}

fn from(issuer: &str) -> Value {
    claims_with(json!({ "iss": issuer }))
}

/// Each issuer's tokens are verified with that issuer's keys only.
#[tokio::test]
async fn iss_selects_the_keys_that_verify_the_token() {
    let (one, two) = (TestKey::es256(), TestKey::es256());
    let verifier = verifier([named(ONE, public(&one)), shared(), named(TWO, public(&two))]);
    let rejected = |reason: InvalidToken| Err(JwtError::Invalid(reason));
    for (case, token, expected) in [
        ("one", one.token(None, &from(ONE)), Ok(())),
        ("two", two.token(None, &from(TWO)), Ok(())),
        ("shared secret without iss", token(&claims()), Ok(())),
        ("shared secret, unknown iss", token(&from("https://three.example.com")), Ok(())),
        ("key of one, iss of two", one.token(None, &from(TWO)), rejected(InvalidToken::Signature)),
        ("key of two, iss of one", two.token(None, &from(ONE)), rejected(InvalidToken::Signature)),
        ("key of one, without iss", one.token(None, &claims()), rejected(InvalidToken::Algorithm)),
        ("shared secret, iss of one", token(&from(ONE)), rejected(InvalidToken::Algorithm)),
        (
            "iss with a trailing slash",
            one.token(None, &from(&format!("{ONE}/"))),
            rejected(InvalidToken::Algorithm),
        ),
        ("iss in capitals", one.token(None, &from(&ONE.to_uppercase())), rejected(InvalidToken::Algorithm)),
    ] {
        assert_eq!(verifier.verify(&token, now()).await.map(drop), expected, "{case}");
    }
}

#[tokio::test]
async fn a_configured_issuer_is_required() {
    let verifier = verifier([named(ONE, shared())]);
    assert!(verifier.verify(&token(&from(ONE)), now()).await.is_ok());
    for claims in [claims(), from(TWO), from(""), from(&format!("{ONE} ")), from("https://ONE.example.com")] {
        let outcome = verifier.verify(&token(&claims), now()).await;
        assert_eq!(outcome, Err(InvalidToken::Issuer.into()), "{claims}");
    }
}

#[tokio::test]
async fn a_configured_audience_is_required() {
    let verifier = verifier([IssuerSettings { audience: Some("usher".into()), ..shared() }]);
    for (audience, expected) in [
        (json!("usher"), Ok(())),
        (json!(["usher"]), Ok(())),
        (json!(["other", "usher"]), Ok(())),
        (json!("other"), Err(InvalidToken::Audience)),
        (json!("Usher"), Err(InvalidToken::Audience)),
        (json!("usher "), Err(InvalidToken::Audience)),
        (json!(""), Err(InvalidToken::Audience)),
        (json!([]), Err(InvalidToken::Audience)),
        (json!(["other"]), Err(InvalidToken::Audience)),
        (json!(["usher", 1]), Err(InvalidToken::BadClaim("aud".into()))),
        (json!([["usher"]]), Err(InvalidToken::BadClaim("aud".into()))),
        (json!({ "usher": true }), Err(InvalidToken::BadClaim("aud".into()))),
        (json!(1), Err(InvalidToken::BadClaim("aud".into()))),
        (json!(null), Err(InvalidToken::MissingClaim("aud".into()))),
    ] {
        let outcome = verifier.verify(&token(&claims_with(json!({ "aud": audience }))), now()).await;
        assert_eq!(outcome.map(drop), expected.map_err(JwtError::from), "{audience}");
    }
}

/// RFC 7519, 4.1.3.
#[tokio::test]
async fn without_a_configured_audience_every_audience_is_rejected() {
    for audience in [json!("usher"), json!(["usher"]), json!([])] {
        let outcome =
            verifier([shared()]).verify(&token(&claims_with(json!({ "aud": audience }))), now()).await;
        assert_eq!(outcome, Err(InvalidToken::Audience.into()), "{audience}");
    }
}

#[tokio::test]
async fn only_listed_token_types_are_accepted() {
    let verify = async |settings: &IssuerSettings, header: Value| {
        verifier([settings.clone()]).verify(&signed(&header, &claims(), SECRET), now()).await.map(drop)
    };
    let default = shared();
    for typ in [
        "JWT",
        "jwt",
        "Jwt",
        "at+jwt",
        "AT+JWT",
        "application/jwt",
        "application/at+jwt",
        "Application/AT+jwt",
    ] {
        assert_eq!(verify(&default, json!({ "alg": "HS256", "typ": typ })).await, Ok(()), "{typ}");
    }
    assert_eq!(verify(&default, json!({ "alg": "HS256" })).await, Ok(()), "absent");

    let strict = IssuerSettings { token_types: vec!["at+jwt".into()], type_required: true, ..shared() };
    let rejected = Err(JwtError::Invalid(InvalidToken::Type));
    assert_eq!(verify(&strict, json!({ "alg": "HS256", "typ": "at+jwt" })).await, Ok(()));
    assert_eq!(verify(&strict, json!({ "alg": "HS256", "typ": "JWT" })).await, rejected);
    assert_eq!(verify(&strict, json!({ "alg": "HS256" })).await, rejected);
}

/// The previous secret is accepted until it leaves the ring.
#[tokio::test]
async fn shared_secrets_rotate() {
    const NEW: &str = "the next secret, also 32 bytes or more";
    let header = json!({ "alg": "HS256" });
    let [old, current, new] = [OLD_SECRET, SECRET, NEW].map(|secret| signed(&header, &claims(), secret));
    let accepts = async |ring: SecretRing| {
        let verifier = verifier([IssuerSettings::new(KeySource::SharedSecrets(ring))]);
        let mut accepted = Vec::new();
        for token in [&old, &current, &new] {
            accepted.push(verifier.verify(token, now()).await.is_ok());
        }
        accepted
    };
    assert_eq!(accepts(SecretRing::new(secret(OLD_SECRET), vec![])).await, [true, false, false]);
    assert_eq!(accepts(SecretRing::new(secret(SECRET), vec![secret(OLD_SECRET)])).await, [true, true, false]);
    let both = vec![secret(SECRET), secret(OLD_SECRET)];
    assert_eq!(accepts(SecretRing::new(secret(NEW), both)).await, [true, true, true]);
    assert_eq!(accepts(SecretRing::new(secret(NEW), vec![])).await, [false, false, true]);
}
