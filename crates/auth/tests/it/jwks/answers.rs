use std::{sync::Arc, time::Duration};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::json;
use tokio::{
    net::TcpListener,
    time::{Instant, timeout},
};
use tokio_rustls::TlsAcceptor;
use usher_auth::{IssuerFault, JwksFault, SettingsError};

use super::{UNAVAILABLE, UNKNOWN, try_verifier, with};
use crate::support::{Answer, KeyServer, TestKey, claims, now};

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

/// No resolver is asked where they are.
#[tokio::test]
async fn names_under_localhost_are_this_machine() {
    let key = TestKey::es256();
    let server = KeyServer::start(Answer::keys(&[key.jwk("k1")])).await;
    for host in ["localhost", "idp.localhost", "a.name.nobody.knows.localhost"] {
        let verifier = try_verifier(&server.url().replace("127.0.0.1", host)).unwrap();
        let outcome = verifier.verify(&key.token(Some("k1"), &claims()), now()).await;
        assert_eq!(outcome.map(drop), Ok(()), "{host}");
    }
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
    assert_eq!(none, UNKNOWN, "an empty set is one");
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
        let outcome = timeout(Duration::from_mins(1), verifier.verify(&token, now())).await;
        assert_eq!(outcome.map(|outcome| outcome.map(drop)), Ok(UNAVAILABLE));
        let took = begin.elapsed();
        assert!((Duration::from_secs(5)..Duration::from_millis(5100)).contains(&took), "{took:?}");
        tokio::time::resume();
    }
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
    let verifier = match try_verifier(&url) {
        Ok(verifier) => verifier,
        // A machine without root certificates trusts nobody at all, and says so at the start.
        Err(error) => {
            let no_roots =
                matches!(error, SettingsError::Issuer { fault: IssuerFault::Jwks(JwksFault::Client(_)), .. });
            assert!(no_roots, "{error}");
            return;
        }
    };
    let token = TestKey::es256().token(Some("k1"), &claims());
    assert_eq!(verifier.verify(&token, now()).await.map(drop), UNAVAILABLE);
    assert!(handshake.await.unwrap().is_err(), "the client broke off");
}
