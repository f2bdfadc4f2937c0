//! Key sets that an issuer's configuration names (OpenID Connect Discovery).

use std::sync::Arc;

use serde_json::json;
use usher_auth::{IssuerSettings, JwksSettings, JwtError, JwtVerifier, KeySource};
use usher_domain::{port::Clock, testkit::FixedClock};

use super::UNAVAILABLE;
use crate::support::{KeyServer, NOW, Response, TestKey, claims, now};

async fn outcome(issuer: &str, key: &TestKey) -> Result<(), JwtError> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW));
    let settings = IssuerSettings::new(KeySource::Jwks(JwksSettings::discovered(issuer)));
    let verifier = JwtVerifier::new(vec![settings], &clock).unwrap();
    verifier.verify(&key.token(Some("k1"), &claims()), now()).await.map(drop)
}

#[tokio::test]
async fn the_configuration_names_the_key_set() {
    let key = TestKey::es256();
    let server = KeyServer::start(Response::keys(&[key.jwk("k1")])).await;
    for issuer in [server.issuer(), format!("{}/", server.issuer())] {
        let configuration = json!({
            "issuer": issuer, "jwks_uri": server.url(), "authorization_endpoint": "https://id.example.com/authorize",
        });
        server.configure(configuration.to_string());
        assert_eq!(outcome(&issuer, &key).await, Ok(()), "{issuer}");
    }
}

/// A tenant of a provider must not choose the keys of another.
#[tokio::test]
async fn other_configurations_are_rejected() {
    let key = TestKey::es256();
    let server = KeyServer::start(Response::keys(&[key.jwk("k1")])).await;
    let issuer = server.issuer();
    for configuration in [
        json!({ "issuer": format!("{issuer}/"), "jwks_uri": server.url() }),
        json!({ "issuer": "https://id.example.com", "jwks_uri": server.url() }),
        json!({ "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0", "jwks_uri": server.url() }),
        json!({ "jwks_uri": server.url() }),
        json!({ "issuer": issuer }),
        json!({ "issuer": issuer, "jwks_uri": "http://keycloak:8080/certs" }),
        json!({ "issuer": issuer, "jwks_uri": "/jwks.json" }),
        json!([]),
    ] {
        server.configure(configuration.to_string());
        assert_eq!(outcome(&issuer, &key).await, UNAVAILABLE, "{configuration}");
    }
    assert_eq!(server.requests(), 0, "no key set is fetched");
}
