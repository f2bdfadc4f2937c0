//! Key sets as providers publish them, with all their liberties.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use usher_auth::InvalidToken;

use super::{UNKNOWN_KEY, try_verifier, verify_against};
use crate::support::{ALGORITHMS, KeyServer, Response, TestKey, claims, now};

fn octets(jwk: &Value, member: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(jwk[member].as_str().unwrap()).unwrap()
}

/// The key with each of its numbers spelled by `spell`.
fn spelled(key: &TestKey, spell: impl Fn(Vec<u8>) -> String) -> Value {
    let mut jwk = key.jwk("k1");
    for member in ["n", "e", "x", "y"] {
        if jwk.get(member).is_some() {
            jwk[member] = spell(octets(&jwk, member)).into();
        }
    }
    jwk
}

/// One key of each algorithm, in one set.
#[tokio::test]
async fn every_algorithm_is_accepted_with_its_own_key_only() {
    let keys = TestKey::every();
    let set: Vec<Value> = keys.iter().map(|key| key.jwk(key.algorithm)).collect();
    let server = KeyServer::start(Response::keys(&set)).await;
    let verifier = try_verifier(&server.url()).unwrap();
    for key in &keys {
        for kid in ALGORITHMS {
            let outcome = verifier.verify(&key.token(Some(kid), &claims()), now()).await.map(drop);
            let same_algorithm =
                kid == key.algorithm || kid.starts_with("Ed") && key.algorithm.starts_with("Ed");
            let expected = match (kid == key.algorithm, same_algorithm) {
                (true, _) => Ok(()),
                (false, true) => Err(InvalidToken::Signature.into()),
                (false, false) => Err(InvalidToken::Algorithm.into()),
            };
            assert_eq!(outcome, expected, "{} with the key of {kid}", key.algorithm);
        }
        let without_kid = verifier.verify(&key.token(None, &claims()), now()).await.map(drop);
        assert_eq!(without_kid, Ok(()), "{} without kid", key.algorithm);
    }
}

/// Microsoft publishes no `alg`. The algorithm of an RSA key is then the token's choice; that of a curve is not.
#[tokio::test]
async fn keys_without_alg_have_the_algorithms_of_their_type() {
    for algorithm in ALGORITHMS {
        let key = TestKey::of(algorithm);
        let mut jwk = key.jwk("k1");
        jwk.as_object_mut().unwrap().remove("alg");
        jwk["x5t"] = "k1".into();
        jwk["x5c"] = json!(["MIIC/TCCAeWgAwIBAgIIUd7j"]);
        assert_eq!(verify_against(Response::keys(&[jwk]), &key).await, Ok(()), "{algorithm}");
    }
}

/// RFC 9864 has a new name for one algorithm, in keys and in tokens.
#[tokio::test]
async fn ed25519_has_two_names() {
    for (of_key, of_token) in [("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")] {
        let (key, signer) = (TestKey::of(of_key), of_token);
        let server = KeyServer::start(Response::keys(&[key.jwk("k1")])).await;
        let token = key.token_with(&json!({ "alg": signer, "kid": "k1" }), &claims());
        let outcome = try_verifier(&server.url()).unwrap().verify(&token, now()).await.map(drop);
        assert_eq!(outcome, Ok(()), "{of_key} {of_token}");
    }
}

/// Battle.net, Firebase, UAA, Keycloak and Gluu publish these.
#[tokio::test]
async fn numbers_are_read_in_every_spelling() {
    type Spell = fn(Vec<u8>) -> String;
    let spellings: [(&str, Spell); 4] = [
        ("padded", |number| URL_SAFE.encode(number)),
        ("plain base64", |number| STANDARD.encode(number)),
        ("with white space around it", |number| format!(" {}\n", URL_SAFE_NO_PAD.encode(number))),
        ("plain base64 without padding", |number| STANDARD.encode(number).trim_end_matches('=').to_owned()),
    ];
    for algorithm in ["RS256", "ES256", "ES384", "ES512", "EdDSA"] {
        let key = TestKey::of(algorithm);
        for (case, spell) in &spellings {
            let set = Response::keys(&[spelled(&key, spell)]);
            assert_eq!(verify_against(set, &key).await, Ok(()), "{algorithm}, {case}");
        }
    }
    for algorithm in ["RS256", "ES256", "ES384", "ES512"] {
        let key = TestKey::of(algorithm);
        let set =
            Response::keys(&[spelled(&key, |number| URL_SAFE_NO_PAD.encode([vec![0], number].concat()))]);
        assert_eq!(verify_against(set, &key).await, Ok(()), "{algorithm}, a zero octet in front");
    }
}

/// One key of 256 has a coordinate that begins with a zero octet, which some providers leave out.
#[tokio::test]
async fn coordinates_without_their_leading_zeros_are_read() {
    let key = loop {
        let key = TestKey::es256();
        if octets(&key.jwk("k1"), "x")[0] == 0 {
            break key;
        }
    };
    let short = spelled(&key, |number| {
        let zeros = number.iter().take_while(|octet| **octet == 0).count();
        URL_SAFE_NO_PAD.encode(&number[zeros..])
    });
    assert_eq!(verify_against(Response::keys(&[short]), &key).await, Ok(()));
}

/// A Keycloak realm has a key for encryption next to its keys for signatures.
#[tokio::test]
async fn the_other_keys_of_a_set_do_no_harm() {
    let (signing, encryption) = (TestKey::rs256(), TestKey::rs256());
    let mut enc = encryption.jwk("enc");
    enc["use"] = "enc".into();
    enc["alg"] = "RSA-OAEP".into();
    let set = [
        enc,
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AAAA" }),
        json!({ "kid": "broken", "kty": "RSA" }),
        json!(7),
        signing.jwk("sig"),
    ];
    let server = KeyServer::start(Response::keys(&set)).await;
    let verifier = try_verifier(&server.url()).unwrap();
    let verify =
        async |key: &TestKey, kid| verifier.verify(&key.token(Some(kid), &claims()), now()).await.map(drop);
    assert_eq!(verify(&signing, "sig").await, Ok(()));
    assert_eq!(verify(&encryption, "enc").await, UNKNOWN_KEY);
    let by_encryption_key = verifier.verify(&encryption.token(None, &claims()), now()).await.map(drop);
    assert_eq!(by_encryption_key, Err(InvalidToken::Signature.into()));
}
