use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::CONTENT_ENCODING,
    web::{Bytes, Payload},
};
use percent_encoding::percent_decode;
use usher_domain::address::EmailAddress;
use usher_http_kit::body::{self, BodyError};

/// Largest form in octets: ten times the largest form that the page can send.
const LIMIT: usize = 16 * 1024;

/// Why a form could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnreadableForm {
    /// Not `application/x-www-form-urlencoded`, or compressed.
    Format,
    /// More than [`LIMIT`].
    TooLarge,
    /// It did not arrive in time.
    TimedOut,
    /// Incomplete, not UTF-8, or with a repeated field.
    Broken,
}

impl From<BodyError> for UnreadableForm {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::TimedOut => Self::TimedOut,
            BodyError::Broken => Self::Broken,
        }
    }
}

/// A form that was sent. Not `Debug`: it holds the key and a password.
pub(super) struct Form {
    body: Bytes,
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Reads the body of a request, within `timeout`.
    pub(super) async fn receive(
        request: &HttpRequest,
        payload: Payload,
        timeout: Duration,
    ) -> Result<Self, UnreadableForm> {
        let plain = !request.headers().contains_key(CONTENT_ENCODING);
        if !plain || !request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(UnreadableForm::Format);
        }
        let body = body::read(payload, timeout).await?;
        if body.len() > LIMIT {
            return Err(UnreadableForm::TooLarge);
        }
        let fields = parse(&body).ok_or(UnreadableForm::Broken)?;
        Ok(Self { body, fields })
    }

    /// The body as it was sent.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The value of a field, as it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Whether the field `email` holds this address.
    pub(super) fn has_address(&self, address: &EmailAddress) -> bool {
        self.get("email")
            .and_then(|email| EmailAddress::parse(email).ok())
            .is_some_and(|email| email == *address)
    }
}

/// Parses strictly: replacing an invalid character would make a different password.
fn parse(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for pair in body.split(|octet| *octet == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |octet| *octet == b'=');
        let name = decode(halves.next()?)?;
        let value = decode(halves.next().unwrap_or_default())?;
        if fields.insert(name, value).is_some() {
            return None;
        }
    }
    Some(fields)
}

fn decode(text: &[u8]) -> Option<String> {
    let with_spaces: Vec<u8> = text.iter().map(|octet| if *octet == b'+' { b' ' } else { *octet }).collect();
    percent_decode(&with_spaces).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let fields = parse(b"name=Zo%C3%AB+%26+Co&&password=a%2Bb%3D&empty=&bare").unwrap();
        let field = |name: &str| fields.get(name).map(String::as_str);
        assert_eq!(field("name"), Some("Zoë & Co"));
        assert_eq!(field("password"), Some("a+b="));
        assert_eq!(field("empty"), Some(""));
        assert_eq!(field("bare"), Some(""));
        assert_eq!(field("other"), None);
    }

    #[test]
    fn invalid_utf8_and_repeated_fields_are_rejected() {
        for broken in [&b"password=%FF"[..], b"password=\xFF", b"key=a&key=b", b"%C3=1"] {
            assert!(parse(broken).is_none(), "{broken:?}");
        }
    }
}
