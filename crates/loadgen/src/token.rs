use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::template::Template;

/// The header of Usher's own tokens (docs/api/landscape.md).
const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

/// How long the tokens of a run are valid.
const LIFETIME: Duration = Duration::from_hours(24);

/// Signs tokens for people who are new to the server. The subject is the verified email address.
pub(crate) struct Signer {
    key: hmac::Key,
    subject: Template,
    /// In seconds since 1970.
    expires: u64,
    claims: Vec<u8>,
    token: String,
}

impl Signer {
    #[expect(clippy::disallowed_methods, reason = "a running server judges the tokens by its own clock")]
    pub(crate) fn new(secret: &str, subject: Template) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let expires = (now + LIFETIME).as_secs();
        Self { key, subject, expires, claims: Vec::new(), token: String::new() }
    }

    /// The token of the person with this number.
    pub(crate) fn sign(&mut self, number: u64) -> &str {
        self.claims.clear();
        self.claims.extend_from_slice(br#"{"email_verified":true,"sub":""#);
        self.subject.write(number, &mut self.claims);
        self.claims.extend_from_slice(format!(r#"","exp":{}}}"#, self.expires).as_bytes());
        self.token.clear();
        URL_SAFE_NO_PAD.encode_string(HEADER, &mut self.token);
        self.token.push('.');
        URL_SAFE_NO_PAD.encode_string(&self.claims, &mut self.token);
        let signature = hmac::sign(&self.key, self.token.as_bytes());
        self.token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut self.token);
        &self.token
    }
}
