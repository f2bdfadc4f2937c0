use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use usher_auth::InvalidToken;

use super::{UNKNOWN_KEY, try_verifier, verify_against};
use crate::support::{KeyServer, Response, TestKey, base64, claims, now, signed};

fn without(mut jwk: Value, member: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(member);
    jwk
}

fn changed(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

/// The same point, divided into coordinates at another place.
fn shifted(jwk: &Value) -> Value {
    let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [octets("x"), octets("y")].concat();
    let (x, y) = point.split_at(31);
    changed(changed(jwk.clone(), "x", json!(base64(x))), "y", json!(base64(y)))
}

/// An unsuitable key does not affect the suitable key after it.
#[tokio::test]
async fn unsuitable_keys_are_skipped() {
    let suitable = TestKey::eddsa();
    let [rsa, ec, ed] = TestKey::each();
    let number = |octets: &[u8]| json!(base64(octets));
    let bits_2047: Vec<u8> = [vec![0x7f], vec![0xff; 255]].concat();
    for (case, signer, jwk) in [
        ("for encryption", &ec, changed(ec.jwk("k1"), "use", json!("enc"))),
        ("for an unknown use", &ec, changed(ec.jwk("k1"), "use", json!("tls"))),
        ("for signing only", &ec, changed(ec.jwk("k1"), "key_ops", json!(["sign"]))),
        ("for no operation", &ec, changed(ec.jwk("k1"), "key_ops", json!([]))),
        ("for RSA1_5", &rsa, changed(rsa.jwk("k1"), "alg", json!("RSA1_5"))),
        ("for ML-DSA", &rsa, changed(rsa.jwk("k1"), "alg", json!("ML-DSA-44"))),
        ("for RSA encryption", &rsa, changed(rsa.jwk("k1"), "alg", json!("RSA-OAEP"))),
        ("for ES384", &ec, changed(ec.jwk("k1"), "alg", json!("ES384"))),
        ("for HS256", &ec, changed(ec.jwk("k1"), "alg", json!("HS256"))),
        ("RSA, 1024 bits", &rsa, changed(rsa.jwk("k1"), "n", number(&[0xc9; 128]))),
        (
            "RSA, 1024 bits behind zeros",
            &rsa,
            changed(rsa.jwk("k1"), "n", number(&[[0; 128], [0xc9; 128]].concat())),
        ),
        ("RSA, 2047 bits", &rsa, changed(rsa.jwk("k1"), "n", number(&bits_2047))),
        ("RSA, 8200 bits", &rsa, changed(rsa.jwk("k1"), "n", number(&[0xc9; 1025]))),
        ("RSA, no modulus", &rsa, without(rsa.jwk("k1"), "n")),
        ("RSA, empty modulus", &rsa, changed(rsa.jwk("k1"), "n", json!(""))),
        ("RSA, no exponent", &rsa, without(rsa.jwk("k1"), "e")),
        ("RSA, padded modulus", &rsa, changed(rsa.jwk("k1"), "n", json!("AAAA="))),
        ("EC, another curve", &ec, changed(ec.jwk("k1"), "crv", json!("P-384"))),
        ("EC, Bitcoin's curve", &ec, changed(ec.jwk("k1"), "crv", json!("secp256k1"))),
        ("EC, no curve", &ec, without(ec.jwk("k1"), "crv")),
        ("EC, off the curve", &ec, changed(ec.jwk("k1"), "y", ec.jwk("k1")["x"].clone())),
        (
            "EC, at infinity",
            &ec,
            json!({ "kty": "EC", "crv": "P-256", "x": base64([0; 32]), "y": base64([0; 32]), "kid": "k1" }),
        ),
        ("EC, short coordinate", &ec, changed(ec.jwk("k1"), "x", number(&[1; 31]))),
        ("EC, shifted coordinates", &ec, shifted(&ec.jwk("k1"))),
        ("EC, no y", &ec, without(ec.jwk("k1"), "y")),
        ("OKP, another curve", &ed, changed(ed.jwk("k1"), "crv", json!("X25519"))),
        ("OKP, short", &ed, changed(ed.jwk("k1"), "x", number(&[1; 31]))),
        ("no kind", &ec, without(ec.jwk("k1"), "kty")),
        ("an unknown kind", &ec, changed(ec.jwk("k1"), "kty", json!("AKP"))),
        ("kid is a number", &ec, changed(ec.jwk("k1"), "kid", json!(1))),
        ("a number", &ec, json!(7)),
        ("a text", &ec, json!("k1")),
        ("null", &ec, json!(null)),
    ] {
        let server = KeyServer::start(Response::keys(&[jwk, suitable.jwk("suitable")])).await;
        let verifier = try_verifier(&server.url()).unwrap();
        assert!(verifier.verify(&suitable.token(Some("suitable"), &claims()), now()).await.is_ok(), "{case}");
        let outcome = verifier.verify(&signer.token(Some("k1"), &claims()), now()).await;
        assert_eq!(outcome.map(drop), UNKNOWN_KEY, "{case}");
    }
}

/// Optional members are absent, and numbers have leading zero octets.
#[tokio::test]
async fn keys_without_optional_members_are_accepted() {
    for key in TestKey::each() {
        let bare = without(without(key.jwk("k1"), "use"), "alg");
        assert_eq!(
            verify_against(Response::keys(std::slice::from_ref(&bare)), &key).await,
            Ok(()),
            "{}",
            key.algorithm
        );
        let for_verifying = changed(bare.clone(), "key_ops", json!(["verify", "sign"]));
        assert_eq!(verify_against(Response::keys(&[for_verifying]), &key).await, Ok(()), "{}", key.algorithm);
        let unnamed = Response::keys(&[without(bare, "kid")]);
        assert_eq!(verify_against(unnamed, &key).await, Ok(()), "{}", key.algorithm);
    }
    let rsa = TestKey::rs256();
    let jwk = rsa.jwk("k1");
    let modulus = jwk["n"].as_str().unwrap();
    let zero_in_front = "AAAA".to_owned() + modulus;
    assert_eq!(
        verify_against(Response::keys(&[changed(jwk.clone(), "n", json!(zero_in_front))]), &rsa).await,
        Ok(())
    );
}

/// A published key is no secret.
#[tokio::test]
async fn published_symmetric_keys_are_rejected() {
    const PUBLISHED: &str = "a secret that anyone can download";
    let jwk = json!({ "kty": "oct", "alg": "HS256", "use": "sig", "kid": "k1", "k": base64(PUBLISHED) });
    let server = KeyServer::start(Response::keys(&[jwk])).await;
    let token = signed(&json!({ "alg": "HS256", "kid": "k1" }), &claims(), PUBLISHED);
    let outcome = try_verifier(&server.url()).unwrap().verify(&token, now()).await;
    assert_eq!(outcome, Err(InvalidToken::Algorithm.into()));
    assert_eq!(server.requests(), 0, "nothing is fetched for a token that no key could verify");
}

/// An issuer can publish several keys without a kid, or with the same.
#[tokio::test]
async fn every_matching_key_is_tried() {
    let (one, two, third) = (TestKey::es256(), TestKey::es256(), TestKey::es256());
    let both = Response::keys(&[one.jwk("k1"), two.jwk("k1")]);
    let unnamed = Response::keys(&[without(one.jwk("k1"), "kid"), without(two.jwk("k1"), "kid")]);
    for set in [both, unnamed] {
        assert_eq!(verify_against(set.clone(), &one).await, Ok(()));
        assert_eq!(verify_against(set.clone(), &two).await, Ok(()));
        assert_eq!(verify_against(set, &third).await, Err(InvalidToken::Signature.into()));
    }
}

/// A token without a kid costs a bounded number of verifications.
#[tokio::test]
async fn at_most_sixteen_keys_are_tried() {
    let keys: Vec<TestKey> = (0..17).map(|_| TestKey::eddsa()).collect();
    let set: Vec<Value> = keys.iter().map(|key| without(key.jwk("k1"), "kid")).collect();
    assert_eq!(verify_against(Response::keys(&set), &keys[15]).await, Ok(()));
    let outcome = verify_against(Response::keys(&set), &keys[16]).await;
    assert_eq!(outcome, Err(InvalidToken::Signature.into()));
}
