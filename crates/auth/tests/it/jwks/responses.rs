use std::{sync::Arc, time::Duration};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::json;
use tokio::{
    net::TcpListener,
    time::{Instant, timeout},
};
use tokio_rustls::TlsAcceptor;
use usher_auth::{IssuerFault, IssuerSettingsError, JwksFault};

use super::{UNAVAILABLE, UNKNOWN_KEY, try_verifier, verify_against};
use crate::support::{KeyServer, Response, TestKey, claims, now};

#[tokio::test]
async fn redirects_are_not_followed() {
    let key = TestKey::es256();
    let elsewhere = KeyServer::start(Response::keys(&[key.jwk("k1")])).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let head = format!("{status}\r\nlocation: {}", elsewhere.url());
        let redirect = Response::failure(&head, &[key.jwk("k1")]);
        assert_eq!(verify_against(redirect, &key).await, UNAVAILABLE, "{status}");
    }
    assert_eq!(elsewhere.requests(), 0);
}

/// They are not resolved.
#[tokio::test]
async fn names_under_localhost_are_loopback_addresses() {
    let key = TestKey::es256();
    let server = KeyServer::start(Response::keys(&[key.jwk("k1")])).await;
    for host in ["localhost", "idp.localhost", "an.unknown.name.localhost"] {
        let verifier = try_verifier(&server.url().replace("127.0.0.1", host)).unwrap();
        let outcome = verifier.verify(&key.token(Some("k1"), &claims()), now()).await;
        assert_eq!(outcome.map(drop), Ok(()), "{host}");
    }
}

#[tokio::test]
async fn responses_over_256_kib_are_rejected() {
    let key = TestKey::es256();
    let set = json!({ "keys": [key.jwk("k1")] }).to_string();
    let padded = |octets: usize| set.clone() + &" ".repeat(octets - set.len());
    assert_eq!(verify_against(Response::body(padded(256 * 1024)), &key).await, Ok(()));
    assert_eq!(verify_against(Response::body(padded(256 * 1024 + 1)), &key).await, UNAVAILABLE);
    assert_eq!(verify_against(Response::Endless, &key).await, UNAVAILABLE);
}

#[tokio::test]
async fn sets_with_more_than_64_keys_are_rejected() {
    let key = TestKey::es256();
    let set = |fillers: u32| {
        let fillers =
            (0..fillers).map(|number| json!({ "kty": "oct", "k": "AAAA", "kid": number.to_string() }));
        Response::keys(&fillers.chain([key.jwk("k1")]).collect::<Vec<_>>())
    };
    assert_eq!(verify_against(set(63), &key).await, Ok(()));
    assert_eq!(verify_against(set(64), &key).await, UNAVAILABLE);
}

#[tokio::test]
async fn responses_without_a_key_set_are_rejected() {
    let key = TestKey::es256();
    let deep = format!("{{\"keys\":{}", "[".repeat(100_000));
    for body in
        ["", "null", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[]"#, "<html>", &deep]
    {
        assert_eq!(verify_against(Response::body(body), &key).await, UNAVAILABLE, "{body:.20}");
    }
    for status in
        ["201 Created", "203 Transformed", "206 Partial Content", "401 Unauthorized", "404 Not Found"]
    {
        assert_eq!(
            verify_against(Response::failure(status, &[key.jwk("k1")]), &key).await,
            UNAVAILABLE,
            "{status}"
        );
    }
    assert_eq!(verify_against(Response::Disconnect, &key).await, UNAVAILABLE);
    let empty = verify_against(Response::keys(&[]), &key).await;
    assert_eq!(empty, UNKNOWN_KEY, "an empty set is valid");
}

/// The five seconds are for the whole response, not for each octet. Tokio's paused time advances while all tasks wait.
#[tokio::test]
async fn a_fetch_times_out_after_five_seconds() {
    for response in [Response::Never, Response::Trickle] {
        let key = TestKey::es256();
        let server = KeyServer::start(response).await;
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

/// An untrusted certificate may be a man in the middle's.
#[tokio::test]
async fn untrusted_certificates_are_rejected() {
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
        // Without root certificates, the settings are rejected at the start.
        Err(error) => {
            let no_roots = matches!(
                error,
                IssuerSettingsError::Issuer { fault: IssuerFault::Jwks(JwksFault::Client(_)), .. }
            );
            assert!(no_roots, "{error}");
            return;
        }
    };
    let token = TestKey::es256().token(Some("k1"), &claims());
    assert_eq!(verifier.verify(&token, now()).await.map(drop), UNAVAILABLE);
    assert!(handshake.await.unwrap().is_err(), "the client aborted the handshake");
}
