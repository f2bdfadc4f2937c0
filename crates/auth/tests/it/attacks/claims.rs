use serde_json::{Value, json};
use usher_auth::InvalidToken;

use super::assert_rejected;
use crate::support::{NOW, SECRET, claims_with, shared, signed, signed_text, token, verifier};

#[tokio::test]
async fn invalid_and_missing_claims_are_rejected() {
    let verifier = verifier([shared()]);
    let cases: [(&str, &[Value]); 7] = [
        (
            "exp",
            &[
                json!("1725003600"),
                json!(-1),
                json!(-0.5),
                json!(1e18),
                json!(u64::MAX),
                json!(true),
                json!([1]),
            ],
        ),
        ("nbf", &[json!("0"), json!(-1), json!({}), json!(false), json!(1e300)]),
        ("iat", &[json!("0"), json!(-1), json!([]), json!(false), json!(i64::MAX)]),
        ("iss", &[json!(1), json!([]), json!(["https://id.example.com"])]),
        (
            "sub",
            &[
                json!(1),
                json!(["john@example.com"]),
                json!({}),
                json!(""),
                json!("john"),
                json!("a@b@c.example"),
            ],
        ),
        (
            "acc",
            &[json!(1), json!(""), json!("Onward"), json!("-x"), json!("a b"), json!(["onward"]), json!({})],
        ),
        (
            "id",
            &[
                json!("1"),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(1_u64 << 53),
                json!(u64::MAX),
                json!([1]),
                json!(true),
            ],
        ),
    ];
    for (claim, values) in cases {
        for value in values {
            let token = token(&claims_with(json!({ claim: value })));
            assert_rejected(
                &verifier,
                &format!("{claim}: {value}"),
                &token,
                InvalidToken::BadClaim(claim.into()),
            )
            .await;
        }
    }
    for claim in ["exp", "sub"] {
        let token = token(&claims_with(json!({ claim: null })));
        assert_rejected(&verifier, claim, &token, InvalidToken::MissingClaim(claim.into())).await;
    }
    let milliseconds = token(&claims_with(json!({ "exp": (NOW + 3600) * 1000 })));
    assert_rejected(&verifier, "exp in milliseconds", &milliseconds, InvalidToken::BadClaim("exp".into()))
        .await;
    let null = signed_text(r#"{"alg":"HS256"}"#, r#"{"exp":null,"sub":"john@example.com"}"#, SECRET);
    assert_rejected(&verifier, "exp null", &null, InvalidToken::BadClaim("exp".into())).await;
    let beyond = signed_text(r#"{"alg":"HS256"}"#, r#"{"exp":1e999,"sub":"john@example.com"}"#, SECRET);
    assert_rejected(&verifier, "exp beyond numbers", &beyond, InvalidToken::Malformed).await;
}

/// Errors in the claims are reported only for tokens with a valid signature.
#[tokio::test]
async fn the_signature_is_verified_before_the_claims() {
    let verifier = verifier([shared()]);
    for changes in
        [json!({ "exp": 1 }), json!({ "exp": null }), json!({ "nbf": NOW * 2 }), json!({ "sub": "x" })]
    {
        let forged = signed(&json!({ "alg": "HS256" }), &claims_with(changes.clone()), "not the secret");
        assert_rejected(&verifier, &changes.to_string(), &forged, InvalidToken::Signature).await;
    }
}
