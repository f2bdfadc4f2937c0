use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use usher_auth::InvalidToken;

use super::{UNKNOWN, try_verifier, with};
use crate::support::{Answer, KeyServer, TestKey, base64, claims, now, signed};

fn without(mut jwk: Value, member: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(member);
    jwk
}

fn changed(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

/// The same point, cut in two at another place.
fn shifted(jwk: &Value) -> Value {
    let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [octets("x"), octets("y")].concat();
    let (x, y) = point.split_at(31);
    changed(changed(jwk.clone(), "x", json!(base64(x))), "y", json!(base64(y)))
}

/// None of these is a key, and none keeps the good one after it from being found.
#[tokio::test]
async fn unsuitable_keys_are_skipped() {
    let good = TestKey::eddsa();
    let [rsa, ec, ed] = TestKey::each();
    let number = |octets: &[u8]| json!(base64(octets));
    let bits_2047: Vec<u8> = [vec![0x7f], vec![0xff; 255]].concat();
    for (what, signer, jwk) in [
        ("for encryption", &ec, changed(ec.jwk("k1"), "use", json!("enc"))),
        ("for an unknown use", &ec, changed(ec.jwk("k1"), "use", json!("tls"))),
        ("for signing only", &ec, changed(ec.jwk("k1"), "key_ops", json!(["sign"]))),
        ("for no operation", &ec, changed(ec.jwk("k1"), "key_ops", json!([]))),
        ("for RSA-PSS", &rsa, changed(rsa.jwk("k1"), "alg", json!("PS256"))),
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
        let server = KeyServer::start(Answer::keys(&[jwk, good.jwk("good")])).await;
        let verifier = try_verifier(&server.url()).unwrap();
        assert!(verifier.verify(&good.token(Some("good"), &claims()), now()).await.is_ok(), "{what}");
        let outcome = verifier.verify(&signer.token(Some("k1"), &claims()), now()).await;
        assert_eq!(outcome.map(drop), UNKNOWN, "{what}");
    }
}

/// Members that need not be there, and octets that should not.
#[tokio::test]
async fn sparse_keys_are_good_enough() {
    for key in TestKey::each() {
        let bare = without(without(key.jwk("k1"), "use"), "alg");
        assert_eq!(with(Answer::keys(std::slice::from_ref(&bare)), &key).await, Ok(()), "{}", key.algorithm);
        let for_verifying = changed(bare.clone(), "key_ops", json!(["verify", "sign"]));
        assert_eq!(with(Answer::keys(&[for_verifying]), &key).await, Ok(()), "{}", key.algorithm);
        let nameless = Answer::keys(&[without(bare, "kid")]);
        assert_eq!(with(nameless, &key).await, Ok(()), "{}", key.algorithm);
    }
    let rsa = TestKey::rs256();
    let jwk = rsa.jwk("k1");
    let modulus = jwk["n"].as_str().unwrap();
    let zero_in_front = "AAAA".to_owned() + modulus;
    assert_eq!(with(Answer::keys(&[changed(jwk.clone(), "n", json!(zero_in_front))]), &rsa).await, Ok(()));
}

/// What is published is no secret, whatever it calls itself.
#[tokio::test]
async fn symmetric_keys_are_never_taken() {
    const PUBLISHED: &str = "a secret that everybody can download";
    let jwk = json!({ "kty": "oct", "alg": "HS256", "use": "sig", "kid": "k1", "k": base64(PUBLISHED) });
    let server = KeyServer::start(Answer::keys(&[jwk])).await;
    let token = signed(&json!({ "alg": "HS256", "kid": "k1" }), &claims(), PUBLISHED);
    let outcome = try_verifier(&server.url()).unwrap().verify(&token, now()).await;
    assert_eq!(outcome, Err(InvalidToken::Algorithm.into()));
    assert_eq!(server.requests(), 0, "nothing is fetched for a token that no key could verify");
}

/// Two keys of one algorithm and the same name, or none: nobody can say which one is meant.
#[tokio::test]
async fn keys_of_the_same_name_are_none() {
    let (one, two) = (TestKey::es256(), TestKey::es256());
    let both = Answer::keys(&[one.jwk("k1"), two.jwk("k1")]);
    assert_eq!(with(both.clone(), &one).await, UNKNOWN);
    assert_eq!(with(both, &two).await, UNKNOWN);
    let nameless = Answer::keys(&[without(one.jwk("k1"), "kid"), without(two.jwk("k1"), "kid")]);
    assert_eq!(with(nameless, &one).await, UNKNOWN, "only the operator's own list is tried key by key");
}
