use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Position;

use super::{
    JwksFault, JwksSettings, KeyLocation,
    fetch_error::FetchError,
    http::{client, get},
    url::JwksUrl,
};
use crate::keys::{Jwk, KeyFault, KeySet, VerificationKey};

/// From the first octet of the first request to the last octet of the last response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of keys in a set.
const MAX_KEYS: usize = 64;
/// The maximum length of a key id in the log, in characters.
const MAX_KID_CHARACTERS: usize = 100;

/// A fetched set.
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// The keys that cannot be used although they are for signatures.
    pub(super) dropped: Vec<DroppedKey>,
}

/// A published key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DroppedKey {
    pub(super) kid: Option<String>,
    pub(super) fault: KeyFault,
}

/// Fetches the key set of one issuer.
pub(super) struct Fetcher {
    client: Client,
    /// The URL of the set, or of the configuration that names it.
    url: JwksUrl,
    /// The issuer, if its configuration names the set.
    discovered: Option<String>,
    insecure: bool,
}

impl Fetcher {
    pub(super) fn new(settings: &JwksSettings) -> Result<Self, JwksFault> {
        let insecure = settings.insecure;
        let (url, discovered) = match &settings.location {
            KeyLocation::Url(url) => (JwksUrl::parse(url, insecure)?, None),
            KeyLocation::Discovery(issuer) => {
                (JwksUrl::of_configuration(issuer, insecure)?, Some(issuer.clone()))
            }
        };
        let client = client(&url, TIMEOUT).map_err(|error| JwksFault::Client(error.to_string()))?;
        Ok(Self { client, url, discovered, insecure })
    }

    /// The configured URL for the log. It leaves out the query, which may contain API keys.
    pub(super) fn address(&self) -> &str {
        &self.url.url[..Position::AfterPath]
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, FetchError> {
        tokio::time::timeout(TIMEOUT, self.fetch_unbounded())
            .await
            .unwrap_or(Err(FetchError::TimedOut(TIMEOUT)))
    }

    async fn fetch_unbounded(&self) -> Result<Fetched, FetchError> {
        let body = get(&self.client, &self.url).await?;
        let Some(issuer) = &self.discovered else { return parse(&body) };
        let url = self.jwks_uri(&body, issuer)?;
        parse(&get(&client(&url, TIMEOUT)?, &url).await?)
    }

    /// The URL of the set in an issuer's configuration. The issuer in it must be the expected one (OpenID Connect Discovery,
    /// 4.3): otherwise one tenant of a provider could publish the keys for another.
    fn jwks_uri(&self, body: &[u8], issuer: &str) -> Result<JwksUrl, FetchError> {
        let configuration: Configuration =
            serde_json::from_slice(body).map_err(|_| FetchError::NotConfiguration)?;
        if configuration.issuer != issuer {
            let other = configuration.issuer.chars().take(200).collect();
            return Err(FetchError::OtherIssuer(other));
        }
        JwksUrl::parse(&configuration.jwks_uri, self.insecure).map_err(FetchError::JwksUri)
    }
}

/// OpenID Connect Discovery, 3.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// Takes the usable keys and skips the others: sets may contain keys for encryption and keys of unknown types (RFC 7517, 5).
pub(super) fn parse(body: &[u8]) -> Result<Fetched, FetchError> {
    let document: JwkSet = serde_json::from_slice(body).map_err(|_| FetchError::NotKeySet)?;
    if document.keys.len() > MAX_KEYS {
        return Err(FetchError::TooManyKeys { maximum: MAX_KEYS });
    }
    let mut keys: Vec<VerificationKey> = Vec::new();
    let mut dropped = Vec::new();
    for key in &document.keys {
        let jwk = Jwk::new(key);
        match jwk.to_key() {
            Ok(key) => keys.push(key),
            // No token is signed with it, so it is not needed.
            Err(KeyFault::Purpose) => {}
            Err(fault) => {
                let kid = jwk.kid().map(|kid| kid.chars().take(MAX_KID_CHARACTERS).collect());
                dropped.push(DroppedKey { kid, fault });
            }
        }
    }
    Ok(Fetched { keys: KeySet::new(keys), dropped })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_keys_are_named_with_the_reason() {
        let set = br#"{"keys":[
            {"kty":"RSA","kid":"enc","use":"enc","n":"AQAB","e":"AQAB"},
            {"kty":"RSA","kid":"oaep","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"},
            {"kty":"RSA","kid":"small","n":"AQAB","e":"AQAB"},
            {"kty":"RSA","kid":"none"},
            {"kty":"EC","crv":"secp256k1","kid":"bitcoin","x":"AQ","y":"AQ"},
            {"kty":"EC","crv":"P-256","kid":"off","x":"AQ","y":"AQ"},
            {"kty":"EC","crv":"P-256","kid":"mixed","alg":"RS256","x":"AQ","y":"AQ"},
            {"kty":"oct","kid":"secret","k":"AAAA"},
            {"kty":"AKP","kid":"pq","alg":"ML-DSA-44","pub":"AAAA"},
            {"kty":"OKP","crv":"Ed25519","kid":7,"x":"AQ"},
            7
        ]}"#;
        let Fetched { keys, dropped } = parse(set).unwrap();
        assert_eq!(keys.len(), 0);
        let named: Vec<_> = dropped.iter().map(|key| (key.kid.as_deref(), key.fault)).collect();
        let expected = [
            (Some("small"), KeyFault::RsaSize),
            (Some("none"), KeyFault::Unsuitable),
            (Some("bitcoin"), KeyFault::Type),
            (Some("off"), KeyFault::Unsuitable),
            (Some("mixed"), KeyFault::Algorithm),
            (Some("secret"), KeyFault::Symmetric),
            (Some("pq"), KeyFault::Type),
            (None, KeyFault::NotJwk),
            (None, KeyFault::NotJwk),
        ];
        assert_eq!(named, expected);
    }
}
