use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpMessage as _, HttpRequest, http::header::CONTENT_ENCODING, web::Payload};
use percent_encoding::percent_decode;

use crate::http::body::{self, BodyError};

/// Largest form in octets; the largest honest one is a tenth of it.
pub(super) const LIMIT: usize = 16 * 1024;

/// Why a form could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormError {
    /// Not `application/x-www-form-urlencoded`, or compressed.
    #[error("the form came in another format than the page's")]
    Format,
    /// More than [`LIMIT`].
    #[error("the form is larger than {LIMIT} bytes")]
    TooLarge,
    /// It did not arrive in time.
    #[error("the form did not arrive in time")]
    TimedOut,
    /// Broken off, not UTF-8, or one field twice.
    #[error("the form could not be read")]
    Broken,
}

impl From<BodyError> for FormError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::TimedOut => Self::TimedOut,
            BodyError::Broken => Self::Broken,
        }
    }
}

/// The fields of a posted form. Not `Debug`: they hold the key and a password.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads the body of a request.
    pub(super) async fn receive(
        request: &HttpRequest,
        payload: Payload,
        patience: Duration,
    ) -> Result<Self, FormError> {
        let plain = !request.headers().contains_key(CONTENT_ENCODING);
        if !plain || !request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::Format);
        }
        let body = body::read(payload, patience).await?;
        if body.len() > LIMIT {
            return Err(FormError::TooLarge);
        }
        Self::parse(&body).ok_or(FormError::Broken)
    }

    /// Strict, unlike browsers' peers usually are: a password with a character replaced would be another password.
    fn parse(body: &[u8]) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for pair in body.split(|octet| *octet == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |octet| *octet == b'=');
            let name = decode(halves.next()?)?;
            let value = decode(halves.next().unwrap_or_default())?;
            if fields.insert(name, value).is_some() {
                return None;
            }
        }
        Some(Self(fields))
    }

    /// The value of a field, as it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn decode(text: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = text.iter().map(|octet| if *octet == b'+' { b' ' } else { *octet }).collect();
    percent_decode(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let form = Form::parse(b"name=Zo%C3%AB+%26+Co&&password=a%2Bb%3D&empty=&bare").unwrap();
        assert_eq!(form.get("name"), Some("Zoë & Co"));
        assert_eq!(form.get("password"), Some("a+b="));
        assert_eq!(form.get("empty"), Some(""));
        assert_eq!(form.get("bare"), Some(""));
        assert_eq!(form.get("other"), None);
    }

    #[test]
    fn nothing_is_replaced_and_nothing_overruled() {
        for broken in [&b"password=%FF"[..], b"password=\xFF", b"key=a&key=b", b"%C3=1"] {
            assert!(Form::parse(broken).is_none(), "{broken:?}");
        }
    }
}
