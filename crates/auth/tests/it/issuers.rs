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

/// A token that is signed with a secret which is not configured.
fn stranger(claims: &Value) -> String {
    signed(&json!({ "alg": "HS256" }), claims, "a secret that is configured nowhere")
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
        (
            "key of one, without iss",
            one.token(None, &claims()),
            rejected(InvalidToken::MissingClaim("iss".into())),
        ),
        ("shared secret of a stranger", stranger(&claims()), rejected(InvalidToken::Signature)),
        (
            "unknown iss, another secret",
            stranger(&from("https://three.example.com")),
            rejected(InvalidToken::Issuer),
        ),
        ("shared secret, iss of one", token(&from(ONE)), rejected(InvalidToken::Algorithm)),
        (
            "iss with a trailing slash",
            one.token(None, &from(&format!("{ONE}/"))),
            rejected(InvalidToken::Issuer),
        ),
        ("iss in capitals", one.token(None, &from(&ONE.to_uppercase())), rejected(InvalidToken::Issuer)),
    ] {
        assert_eq!(verifier.verify(&token, now()).await.map(drop), expected, "{case}");
    }
}

#[tokio::test]
async fn a_configured_issuer_is_required() {
    let verifier = verifier([named(ONE, shared())]);
    assert!(verifier.verify(&token(&from(ONE)), now()).await.is_ok());
    for claims in [from(TWO), from(""), from(&format!("{ONE} ")), from("https://ONE.example.com")] {
        let outcome = verifier.verify(&token(&claims), now()).await;
        assert_eq!(outcome, Err(InvalidToken::Issuer.into()), "{claims}");
    }
    let outcome = verifier.verify(&token(&claims()), now()).await;
    assert_eq!(outcome, Err(InvalidToken::MissingClaim("iss".into()).into()));
    assert_eq!(InvalidToken::Issuer.to_string(), "the token's issuer is not configured");
}

#[tokio::test]
async fn a_configured_audience_is_required() {
    let verifier = verifier([IssuerSettings { audiences: vec!["usher".into()], ..shared() }]);
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

/// The clients of one issuer have ids of their own.
#[tokio::test]
async fn each_of_several_audiences_is_accepted() {
    let verifier = verifier([IssuerSettings { audiences: vec!["web".into(), "mobile".into()], ..shared() }]);
    for (audience, accepted) in [
        (json!("web"), true),
        (json!("mobile"), true),
        (json!(["account", "mobile"]), true),
        (json!("account"), false),
        (json!("web,mobile"), false),
        (json!([]), false),
    ] {
        let outcome = verifier.verify(&token(&claims_with(json!({ "aud": audience }))), now()).await;
        let expected = if accepted { Ok(()) } else { Err(InvalidToken::Audience.into()) };
        assert_eq!(outcome.map(drop), expected, "{audience}");
    }
}

/// Cognito's access tokens have `client_id`, and Clerk's session tokens `azp`.
#[tokio::test]
async fn the_audience_can_be_in_another_claim() {
    let settings =
        IssuerSettings { audiences: vec!["web".into()], audience_claim: "client_id".into(), ..shared() };
    let verifier = verifier([settings]);
    for (changes, expected) in [
        (json!({ "client_id": "web" }), Ok(())),
        (json!({ "client_id": "web", "aud": "another" }), Ok(())),
        (json!({ "client_id": "another", "aud": "web" }), Err(InvalidToken::Audience)),
        (json!({ "aud": "web" }), Err(InvalidToken::MissingClaim("client_id".into()))),
    ] {
        let outcome = verifier.verify(&token(&claims_with(changes.clone())), now()).await;
        assert_eq!(outcome.map(drop), expected.map_err(JwtError::from), "{changes}");
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
