use serde_json::json;
use usher_auth::{InvalidToken, IssuerSettings, JwtVerifier, KeySource, PublicKeySettings};

use super::assert_rejected;
use crate::support::{SECRET, TestKey, claims, now, shared, signed, verifier};

fn asymmetric(keys: &[(&TestKey, Option<&str>)]) -> JwtVerifier {
    let keys = keys.iter().map(|(key, kid)| PublicKeySettings { pem: key.pem(), kid: kid.map(Into::into) });
    verifier([IssuerSettings::new(KeySource::PublicKeys(keys.collect()))])
}

/// CVE-2015-9235 and related attacks use the text of a public key as a shared secret.
#[tokio::test]
async fn a_public_key_is_not_accepted_as_a_shared_secret() {
    let [rsa, ec, ed] = TestKey::each();
    for key in [&rsa, &ec, &ed] {
        let verifier = asymmetric(&[(key, Some("k1"))]);
        let pem = key.pem();
        for secret in [pem.as_str(), pem.trim_end(), &pem.replace('\n', "\r\n"), &pem.replace('\n', "")] {
            for header in [json!({ "alg": "HS256" }), json!({ "alg": "HS256", "kid": "k1" })] {
                let forged = signed(&header, &claims(), secret);
                assert_rejected(&verifier, key.algorithm, &forged, InvalidToken::Algorithm).await;
            }
            let forged = signed(&json!({ "alg": key.algorithm, "kid": "k1" }), &claims(), secret);
            assert_rejected(&verifier, key.algorithm, &forged, InvalidToken::Signature).await;
        }
    }
}

#[tokio::test]
async fn the_type_of_a_key_limits_its_algorithms() {
    let [rsa, ec, ed] = TestKey::each();
    let verifier = asymmetric(&[(&rsa, Some("rsa")), (&ec, Some("ec")), (&ed, Some("ed"))]);
    for (signer, kid) in [(&rsa, "rsa"), (&ec, "ec"), (&ed, "ed")] {
        assert!(verifier.verify(&signer.token(Some(kid), &claims()), now()).await.is_ok());
        for algorithm in ["none", "HS256", "RS384", "RS512", "PS256", "ES384", "RS256", "ES256", "EdDSA"] {
            if algorithm != signer.algorithm {
                let token = signer.token_with(&json!({ "alg": algorithm, "kid": kid }), &claims());
                // An RSA key without further restriction has all RSA algorithms, and each makes its own signatures.
                let of_rsa = kid == "rsa" && (algorithm.starts_with("RS") || algorithm.starts_with("PS"));
                let expected = if of_rsa { InvalidToken::Signature } else { InvalidToken::Algorithm };
                assert_rejected(&verifier, algorithm, &token, expected).await;
            }
        }
        for other in ["rsa", "ec", "ed"].iter().filter(|other| **other != kid) {
            let token = signer.token(Some(other), &claims());
            assert_rejected(&verifier, other, &token, InvalidToken::Algorithm).await;
        }
    }
}

/// The header carries the attacker's key in each way that RFC 7515 defines.
#[tokio::test]
async fn keys_in_the_header_are_ignored() {
    let (trusted, attacker) = (TestKey::es256(), TestKey::es256());
    let verifier = asymmetric(&[(&trusted, Some("k1"))]);
    for extra in [
        json!({}),
        json!({ "jku": "https://attacker.example/jwks.json" }),
        json!({ "jku": "http://127.0.0.1:1/jwks.json" }),
        json!({ "jwk": attacker.jwk("k1") }),
        json!({ "jwk": "not even a key" }),
        json!({ "x5u": "https://attacker.example/chain.pem" }),
        json!({ "x5c": ["MIIB"], "x5t": "AAAA", "x5t#S256": "AAAA" }),
    ] {
        let mut header = json!({ "alg": "ES256", "kid": "k1" });
        header.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let attack = extra.to_string();
        assert_rejected(
            &verifier,
            &attack,
            &attacker.token_with(&header, &claims()),
            InvalidToken::Signature,
        )
        .await;
        assert!(
            verifier.verify(&trusted.token_with(&header, &claims()), now()).await.is_ok(),
            "ignored: {attack}"
        );
    }
}

#[tokio::test]
async fn an_unknown_kid_is_rejected() {
    let key = TestKey::es256();
    let verifier = asymmetric(&[(&key, Some("k1"))]);
    for kid in [
        "",
        "k",
        "K1",
        "k1 ",
        "k1\0",
        "../../dev/null",
        "/dev/null",
        "file:///etc/passwd",
        "https://attacker.example/key.pem",
        "k1' OR '1'='1",
        "k2' UNION SELECT 'secret'--",
        "$(id)",
        "%6b1",
        "{{7*7}}",
        "🔑",
    ] {
        let token = key.token(Some(kid), &claims());
        assert_rejected(&verifier, kid, &token, InvalidToken::Key).await;
    }
    // Shared secrets ignore the kid.
    for kid in ["", "../../dev/null", "k1"] {
        let token = signed(&json!({ "alg": "HS256", "kid": kid }), &claims(), SECRET);
        assert!(self::verifier([shared()]).verify(&token, now()).await.is_ok(), "{kid:?}");
    }
}
