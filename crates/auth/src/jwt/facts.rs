use std::fmt;

use chrono::SecondsFormat;
use serde_json::Value;

use super::{
    claims::{audiences, time_claim},
    compact::CompactToken,
};
use usher_domain::Timestamp;

/// The maximum length of a text from a token in characters, so that no token fills a log line.
const MAX_CHARACTERS: usize = 200;

/// What a token says about itself, for logs and explanations. Nothing of it is verified, and it contains neither the person nor
/// anything that could be used as a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// `iss`, if it is a text.
    pub issuer: Option<String>,
    /// `aud`.
    pub audiences: Vec<String>,
    /// `kid`.
    pub kid: Option<String>,
    /// `typ`.
    pub typ: Option<String>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
}

impl TokenFacts {
    /// Reads a token. `None` if it is not a signed JWT, or if its algorithm is unknown.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let CompactToken { header, claims, .. } = CompactToken::parse(token).ok()?;
        let short = |text: &str| text.chars().take(MAX_CHARACTERS).collect::<String>();
        let audiences = claims.get("aud").and_then(audiences).unwrap_or_default();
        Some(Self {
            issuer: claims.get("iss").and_then(Value::as_str).map(short),
            audiences: audiences.into_iter().map(short).collect(),
            kid: header.kid.as_deref().map(short),
            typ: header.typ.as_deref().map(short),
            expires_at: time_claim(&claims, "exp").ok().flatten(),
        })
    }
}

/// For people. The texts come from the token, so control characters in them are escaped.
impl fmt::Display for TokenFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &Option<String>| {
            text.as_ref().map_or_else(|| "none".to_owned(), |text| format!("{text:?}"))
        };
        let (issuer, kid, typ) = (shown(&self.issuer), shown(&self.kid), shown(&self.typ));
        write!(f, "iss {issuer}, aud {:?}, kid {kid}, typ {typ}, ", self.audiences)?;
        match self.expires_at {
            None => f.write_str("no expiry"),
            Some(time) => write!(f, "expiry {}", time.to_rfc3339_opts(SecondsFormat::Secs, true)),
        }
    }
}
