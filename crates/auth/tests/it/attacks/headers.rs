use serde_json::json;
use usher_auth::InvalidToken;

use super::assert_rejected;
use crate::support::{SECRET, base64, claims, shared, signed, signed_text, verifier};

#[tokio::test]
async fn unacceptable_headers_are_rejected() {
    let verifier = verifier([shared()]);
    for (attack, header, expected) in [
        ("alg none", json!({ "alg": "none" }), InvalidToken::Algorithm),
        ("alg None", json!({ "alg": "None" }), InvalidToken::Algorithm),
        ("alg nOnE", json!({ "alg": "nOnE" }), InvalidToken::Algorithm),
        ("alg empty", json!({ "alg": "" }), InvalidToken::Algorithm),
        ("alg in lower case", json!({ "alg": "hs256" }), InvalidToken::Algorithm),
        ("alg HS384", json!({ "alg": "HS384" }), InvalidToken::Algorithm),
        ("alg HS512", json!({ "alg": "HS512" }), InvalidToken::Algorithm),
        ("alg RS256", json!({ "alg": "RS256" }), InvalidToken::Algorithm),
        ("alg ES256", json!({ "alg": "ES256" }), InvalidToken::Algorithm),
        ("alg EdDSA", json!({ "alg": "EdDSA" }), InvalidToken::Algorithm),
        ("alg unknown", json!({ "alg": "XS256" }), InvalidToken::Algorithm),
        ("typ of a logout token", json!({ "alg": "HS256", "typ": "logout+jwt" }), InvalidToken::Type),
        ("typ of a DPoP proof", json!({ "alg": "HS256", "typ": "dpop+jwt" }), InvalidToken::Type),
        ("typ empty", json!({ "alg": "HS256", "typ": "" }), InvalidToken::Type),
        ("typ with a space", json!({ "alg": "HS256", "typ": "JWT " }), InvalidToken::Type),
        ("crit", json!({ "alg": "HS256", "crit": ["exp"], "exp": 1 }), InvalidToken::Critical),
        ("crit empty", json!({ "alg": "HS256", "crit": [] }), InvalidToken::Critical),
        ("crit null", json!({ "alg": "HS256", "crit": null }), InvalidToken::Critical),
        ("crit b64", json!({ "alg": "HS256", "crit": ["b64"], "b64": false }), InvalidToken::Critical),
    ] {
        assert_rejected(&verifier, attack, &signed(&header, &claims(), SECRET), expected).await;
    }
    let unsigned = format!("{}.{}.", base64(r#"{"alg":"none"}"#), base64(claims().to_string()));
    assert_rejected(&verifier, "alg none, unsigned", &unsigned, InvalidToken::Algorithm).await;
}

#[tokio::test]
async fn duplicate_names_are_rejected() {
    let verifier = verifier([shared()]);
    let claims = claims().to_string();
    let more = |name: &str| claims.replacen('{', &format!("{{{name},"), 1);
    for (attack, header, claims) in [
        ("alg", r#"{"alg":"none","alg":"HS256"}"#.to_owned(), claims.clone()),
        ("typ", r#"{"alg":"HS256","typ":"JWT","typ":"JWT"}"#.into(), claims.clone()),
        ("alg, escaped", r#"{"alg":"HS256","\u0061lg":"HS256"}"#.into(), claims.clone()),
        ("sub", r#"{"alg":"HS256"}"#.into(), more(r#""sub":"admin@example.com""#)),
        ("sub, escaped", r#"{"alg":"HS256"}"#.into(), more(r#""s\u0075b":"admin@example.com""#)),
        ("exp", r#"{"alg":"HS256"}"#.into(), more(r#""exp":9999999999"#)),
        ("an ignored name", r#"{"alg":"HS256"}"#.into(), more(r#""x":1,"x":1"#)),
    ] {
        assert_rejected(
            &verifier,
            attack,
            &signed_text(&header, &claims, SECRET),
            InvalidToken::DuplicateName,
        )
        .await;
    }
}
