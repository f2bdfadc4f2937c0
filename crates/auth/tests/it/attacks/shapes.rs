use serde_json::json;
use usher_auth::{InvalidToken, MAX_TOKEN_OCTETS};

use super::assert_rejected;
use crate::support::{SECRET, claims, claims_with, now, shared, sign, signed, signed_text, token, verifier};

#[tokio::test]
async fn malformed_tokens_are_rejected() {
    let verifier = verifier([shared()]);
    let good = token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    let signature_start = good.len() - signature.len();
    for (attack, token) in [
        ("empty", String::new()),
        ("dots", "..".into()),
        ("more dots", "....".into()),
        ("one part", header.into()),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as an encrypted token", format!("{good}.{payload}.{signature}")),
        ("leading dot", format!(".{good}")),
        ("no header", format!(".{payload}.{signature}")),
        ("no claims", format!("{header}..{signature}")),
        ("padded header", format!("{header}=.{payload}.{signature}")),
        ("padded claims", format!("{header}.{payload}==.{signature}")),
        ("line break", format!("{header}.\n{payload}.{signature}")),
        ("leading space", format!(" {good}")),
        ("leading scheme", format!("Bearer {good}")),
        ("letters outside ASCII", format!("{header}.{payload}é.{signature}")),
        ("NUL", format!("{header}\0.{payload}.{signature}")),
        ("JSON serialization", json!({ "payload": payload, "signatures": [] }).to_string()),
        ("the header is no JSON", signed_text("alg=HS256", &claims().to_string(), SECRET)),
        ("the header is a list", signed_text("[]", &claims().to_string(), SECRET)),
        ("the header lacks alg", signed(&json!({ "typ": "JWT" }), &claims(), SECRET)),
        ("the header has trailing text", signed_text(r#"{"alg":"HS256"}x"#, &claims().to_string(), SECRET)),
        ("alg is a list", signed(&json!({ "alg": ["HS256"] }), &claims(), SECRET)),
        ("kid is a number", signed(&json!({ "alg": "HS256", "kid": 1 }), &claims(), SECRET)),
        ("typ is a list", signed(&json!({ "alg": "HS256", "typ": ["JWT"] }), &claims(), SECRET)),
        ("the claims are a list", signed_text(r#"{"alg":"HS256"}"#, "[]", SECRET)),
        ("the claims are a text", signed_text(r#"{"alg":"HS256"}"#, "\"john\"", SECRET)),
        ("the claims are null", signed_text(r#"{"alg":"HS256"}"#, "null", SECRET)),
        ("the claims are a nested token", signed_text(r#"{"alg":"HS256","cty":"JWT"}"#, &good, SECRET)),
        ("the claims end early", good[..signature_start / 2].to_owned() + "." + signature),
    ] {
        assert_rejected(&verifier, attack, &token, InvalidToken::Malformed).await;
    }
}

#[tokio::test]
async fn wrong_signatures_are_rejected() {
    let verifier = verifier([shared()]);
    let good = token(&claims());
    let (input, signature) = good.rsplit_once('.').unwrap();
    let others_claims = token(&claims_with(json!({ "sub": "jane@example.com" })));
    let other_signature = others_claims.rsplit_once('.').unwrap().1;
    for (attack, token) in [
        ("empty", format!("{input}.")),
        ("truncated", good[..good.len() - 4].to_owned()),
        ("half", format!("{input}.{}", &signature[..22])),
        ("longer", format!("{good}AAAA")),
        ("padded", format!("{good}=")),
        ("of another token", format!("{input}.{other_signature}")),
        ("in the other base64 alphabet", format!("{input}.{}", "+/".repeat(21) + "w")),
        ("with trailing bits set", format!("{input}.{}", with_trailing_bits(signature))),
        ("of the claims alone", {
            let payload = input.split_once('.').unwrap().1;
            format!("{input}.{}", sign(payload, SECRET).rsplit_once('.').unwrap().1)
        }),
        (
            "with another secret",
            signed(&json!({ "alg": "HS256" }), &claims(), "some other secret, 32 bytes or more"),
        ),
        ("with an empty secret", signed(&json!({ "alg": "HS256" }), &claims(), "")),
    ] {
        assert_rejected(&verifier, attack, &token, InvalidToken::Signature).await;
    }
}

/// Sets unused trailing bits, which decoders should reject (RFC 4648, 3.5).
fn with_trailing_bits(signature: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = signature.split_at(signature.len() - 1);
    let next = ALPHABET.find(last).unwrap() + 1;
    format!("{rest}{}", &ALPHABET[next..=next])
}

#[tokio::test]
async fn tokens_over_the_length_limit_are_rejected() {
    let verifier = verifier([shared()]);
    let of_length = |length: usize| {
        let filled = |padding: usize| token(&claims_with(json!({ "x": "x".repeat(padding) })));
        // Three octets of claims are four characters of the token, and the rest of it has fewer than 400.
        let least = length.saturating_sub(400) * 3 / 4;
        (least..length).map(filled).find(|token| token.len() >= length).unwrap()
    };
    let longest = of_length(MAX_TOKEN_OCTETS);
    assert_eq!(longest.len(), MAX_TOKEN_OCTETS, "the longest accepted token");
    assert!(verifier.verify(&longest, now()).await.is_ok());
    assert_rejected(&verifier, "one more", &of_length(MAX_TOKEN_OCTETS + 1), InvalidToken::TooLong).await;
    assert_rejected(&verifier, "a megabyte", &"A".repeat(1 << 20), InvalidToken::TooLong).await;
}
