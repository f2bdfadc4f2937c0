use url::Url;

use super::JwksFault;
use crate::is_loopback;

/// The path of an issuer's configuration below its `iss` (OpenID Connect Discovery, 4).
const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// The validated URL of a key set or of an issuer's configuration.
#[derive(Debug, Clone)]
pub(super) struct JwksUrl {
    pub(super) url: Url,
    /// How the URL may be fetched.
    pub(super) transport: Transport,
}

/// How a URL may be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// With TLS.
    Https,
    /// Plain HTTP to this machine, for development and tests.
    Loopback,
    /// Plain HTTP to another machine, which a setting allows.
    Insecure,
}

impl JwksUrl {
    /// Checks a URL. `insecure` allows plain HTTP to other machines.
    pub(super) fn parse(text: &str, insecure: bool) -> Result<Self, JwksFault> {
        let url = Url::parse(text).map_err(|_| JwksFault::NotUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(JwksFault::Credentials);
        }
        let transport = match url.scheme() {
            "https" => Transport::Https,
            "http" if is_loopback(&url) => Transport::Loopback,
            "http" if insecure => Transport::Insecure,
            _ => return Err(JwksFault::Insecure),
        };
        Ok(Self { url, transport })
    }

    /// The URL of the configuration of an issuer.
    pub(super) fn of_configuration(issuer: &str, insecure: bool) -> Result<Self, JwksFault> {
        Self::parse(&format!("{}{CONFIGURATION}", issuer.trim_end_matches('/')), insecure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_accepted_everywhere_and_http_on_loopback() {
        for (text, transport) in [
            ("https://id.example.com/jwks.json", Transport::Https),
            ("https://localhost/", Transport::Https),
            ("http://localhost:8080/keys", Transport::Loopback),
            ("http://LOCALHOST/", Transport::Loopback),
            ("http://127.0.0.1:1/", Transport::Loopback),
            ("http://127.8.9.1/", Transport::Loopback),
            ("http://[::1]:8080/", Transport::Loopback),
            ("http://idp.localhost:9/keys", Transport::Loopback),
            ("http://[::ffff:127.0.0.1]/", Transport::Loopback),
        ] {
            for insecure in [false, true] {
                let found = JwksUrl::parse(text, insecure).ok().map(|url| url.transport);
                assert_eq!(found, Some(transport), "{text}");
            }
        }
    }

    #[test]
    fn other_urls_are_rejected() {
        for (text, fault) in [
            ("", JwksFault::NotUrl),
            ("/jwks.json", JwksFault::NotUrl),
            ("id.example.com", JwksFault::NotUrl),
            ("http://id.example.com/", JwksFault::Insecure),
            ("http://localhost.example.com/", JwksFault::Insecure),
            ("http://127.0.0.1.example.com/", JwksFault::Insecure),
            ("http://10.0.0.1/", JwksFault::Insecure),
            ("http://0.0.0.0/", JwksFault::Insecure),
            ("http://[::]/", JwksFault::Insecure),
            ("http://[::ffff:10.0.0.1]/", JwksFault::Insecure),
            ("file:///etc/jwks.json", JwksFault::Insecure),
            ("ftp://localhost/", JwksFault::Insecure),
            ("data:application/json,{}", JwksFault::Insecure),
            ("https://usher:secret@id.example.com/", JwksFault::Credentials),
            ("https://usher@id.example.com/", JwksFault::Credentials),
            ("http://localhost@id.example.com/", JwksFault::Credentials),
        ] {
            assert_eq!(JwksUrl::parse(text, false).err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_setting_allows_http_to_other_machines_and_nothing_else() {
        let transport = |text: &str| JwksUrl::parse(text, true).map(|url| url.transport);
        assert_eq!(transport("http://keycloak:8080/certs"), Ok(Transport::Insecure));
        assert_eq!(transport("ftp://keycloak/certs"), Err(JwksFault::Insecure));
        assert_eq!(transport("http://a:b@keycloak/certs"), Err(JwksFault::Credentials));
    }

    #[test]
    fn the_configuration_is_below_the_issuer() {
        for (issuer, url) in [
            ("https://id.example.com", "https://id.example.com/.well-known/openid-configuration"),
            ("https://id.example.com/", "https://id.example.com/.well-known/openid-configuration"),
            (
                "https://id.example.com/realms/a",
                "https://id.example.com/realms/a/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(JwksUrl::of_configuration(issuer, false).unwrap().url.as_str(), url);
        }
        assert_eq!(JwksUrl::of_configuration("accounts.google.com", false).err(), Some(JwksFault::NotUrl));
    }
}
