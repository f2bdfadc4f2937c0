use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};
use tokio_rustls::TlsAcceptor;
use usher_auth::{
    InvalidToken, IssuerSettings, JwksSettings, JwtVerifier, KeySource, SettingsError, TokenError,
};
use usher_domain::{port::Clock, testkit::FixedClock};

use crate::support::{Answer, KeyServer, NOW, TestKey, base64, claims, now, signed};

const UNAVAILABLE: Result<(), TokenError> = Err(TokenError::KeysUnavailable);

fn try_verifier(url: &str) -> Result<JwtVerifier, SettingsError> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    JwtVerifier::new(vec![IssuerSettings::new(KeySource::Jwks(JwksSettings::new(url)))], &clock)
}

async fn outcome(url: &str, token: &str) -> Result<(), TokenError> {
    try_verifier(url).unwrap().verify(token, now()).await.map(drop)
}

/// What becomes of a good token when the issuer answers like that.
async fn with(answer: Answer, key: &TestKey) -> Result<(), TokenError> {
    let server = KeyServer::start(answer).await;
    outcome(&server.url(), &key.token(Some("k1"), &claims())).await
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let key = TestKey::es256();
    let elsewhere = KeyServer::start(Answer::keys(&[key.jwk("k1")])).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let head = format!("{status}\r\nlocation: {}", elsewhere.url());
        let redirect = Answer::failure(&head, &[key.jwk("k1")]);
        assert_eq!(with(redirect, &key).await, UNAVAILABLE, "{status}");
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn answers_end_at_256_kib() {
    let key = TestKey::es256();
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
    let padded = |octets: usize| set.clone() + &" ".repeat(octets - set.len());
    assert_eq!(with(Answer::body(padded(256 * 1024)), &key).await, Ok(()));
    assert_eq!(with(Answer::body(padded(256 * 1024 + 1)), &key).await, UNAVAILABLE);
    assert_eq!(with(Answer::Endless, &key).await, UNAVAILABLE);
}

#[tokio::test]
async fn sets_end_at_64_keys() {
    let key = TestKey::es256();
    let set = |fillers: u32| {
        let fillers =
            (0..fillers).map(|number| json!({ "kty": "oct", "k": "AAAA", "kid": number.to_string() }));
        Answer::keys(&fillers.chain([key.jwk("k1")]).collect::<Vec<_>>())
    };
    assert_eq!(with(set(63), &key).await, Ok(()));
    assert_eq!(with(set(64), &key).await, UNAVAILABLE);
}

#[tokio::test]
async fn answers_that_are_no_set() {
    let key = TestKey::es256();
    let deep = format!("{{\"keys\":{}", "[".repeat(100_000));
    for body in
        ["", "null", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[]"#, "<html>", &deep]
    {
        assert_eq!(with(Answer::body(body), &key).await, UNAVAILABLE, "{body:.20}");
    }
    for status in
        ["201 Created", "203 Transformed", "206 Partial Content", "401 Unauthorized", "404 Not Found"]
    {
        assert_eq!(with(Answer::failure(status, &[key.jwk("k1")]), &key).await, UNAVAILABLE, "{status}");
    }
    assert_eq!(with(Answer::Hangup, &key).await, UNAVAILABLE);
    let none = with(Answer::keys(&[]), &key).await;
    assert_eq!(none, Err(InvalidToken::Key.into()), "an empty set is one");
}

/// Five seconds for all of it, not for each octet. The time is Tokio's, and passes as fast as everybody waits.
#[tokio::test]
async fn a_slow_issuer_is_given_up_after_five_seconds() {
    for answer in [Answer::Silence, Answer::Drip] {
        let key = TestKey::es256();
        let server = KeyServer::start(answer).await;
        let verifier = try_verifier(&server.url()).unwrap();
        let token = key.token(Some("k1"), &claims());
        tokio::time::pause();
        let begin = Instant::now();
        assert_eq!(verifier.verify(&token, now()).await.map(drop), UNAVAILABLE);
        let took = begin.elapsed();
        assert!((Duration::from_secs(5)..Duration::from_millis(5100)).contains(&took), "{took:?}");
        tokio::time::resume();
    }
}

fn without(mut jwk: Value, member: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(member);
    jwk
}

fn changed(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

/// The same point, cut in two at another place.
fn shifted(jwk: Value) -> Value {
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
        ("EC, shifted coordinates", &ec, shifted(ec.jwk("k1"))),
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
        assert_eq!(outcome, Err(InvalidToken::Key.into()), "{what}");
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
    assert_eq!(outcome(&server.url(), &token).await, Err(InvalidToken::Algorithm.into()));
    assert_eq!(server.requests(), 0, "nothing is fetched for a token that no key could verify");
}

/// Two keys of the same name and algorithm: nobody can say which one is meant.
#[tokio::test]
async fn keys_of_the_same_name_are_none() {
    let (one, two) = (TestKey::es256(), TestKey::es256());
    let both = Answer::keys(&[one.jwk("k1"), two.jwk("k1")]);
    assert_eq!(with(both.clone(), &one).await, Err(InvalidToken::Key.into()));
    assert_eq!(with(both, &two).await, Err(InvalidToken::Key.into()));
}

/// A certificate that nobody vouches for: somebody sits on the way to the issuer.
#[tokio::test]
async fn unknown_certificates_are_refused() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/jwks.json", listener.local_addr().unwrap().port());
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        TlsAcceptor::from(Arc::new(config)).accept(stream).await.map(drop)
    });
    // A machine without root certificates trusts nobody at all, and says so at the start.
    let Ok(verifier) = try_verifier(&url) else { return };
    let token = TestKey::es256().token(Some("k1"), &claims());
    assert_eq!(verifier.verify(&token, now()).await.map(drop), UNAVAILABLE);
    assert!(handshake.await.unwrap().is_err(), "the client broke off");
}
