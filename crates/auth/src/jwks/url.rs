use url::Url;

use super::JwksFault;
use crate::is_loopback;

/// The validated URL of a key set.
pub(super) struct JwksUrl {
    pub(super) url: Url,
    /// Plain HTTP to this machine, for development and tests.
    pub(super) loopback: bool,
}

impl JwksUrl {
    pub(super) fn parse(text: &str) -> Result<Self, JwksFault> {
        let url = Url::parse(text).map_err(|_| JwksFault::NotUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(JwksFault::Credentials);
        }
        match url.scheme() {
            "https" => Ok(Self { url, loopback: false }),
            "http" if is_loopback(&url) => Ok(Self { url, loopback: true }),
            _ => Err(JwksFault::Insecure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_accepted_everywhere_and_http_on_loopback() {
        for (text, loopback) in [
            ("https://id.example.com/jwks.json", false),
            ("https://localhost/", false),
            ("http://localhost:8080/keys", true),
            ("http://LOCALHOST/", true),
            ("http://127.0.0.1:1/", true),
            ("http://127.8.9.1/", true),
            ("http://[::1]:8080/", true),
            ("http://idp.localhost:9/keys", true),
            ("http://[::ffff:127.0.0.1]/", true),
        ] {
            assert_eq!(JwksUrl::parse(text).ok().map(|url| url.loopback), Some(loopback), "{text}");
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
            assert_eq!(JwksUrl::parse(text).err(), Some(fault), "{text}");
        }
    }
}
