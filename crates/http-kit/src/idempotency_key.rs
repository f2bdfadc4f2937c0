//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName},
};
use usher_app::{App, IdempotencyKey};

/// The header of the key.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header that is `true` in a stored response.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key, in characters.
const MAX_LENGTH: usize = 255;

/// The reason why the key of a request cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The header is repeated.
    #[error("send the header Idempotency-Key once; each request has one key")]
    Repeated,
    /// The value is not a bare or quoted key, or it is too long.
    #[error(
        "the header Idempotency-Key must be a key of 1 to {MAX_LENGTH} visible ASCII characters, as it is or in double quotes"
    )]
    Malformed,
}

/// Returns the key of a request, or `None` if the request has no key or its body could not be read. A request without a readable
/// body is rejected, and rejections are not stored under a key.
pub fn of_request(
    request: &HttpRequest,
    app: &App,
    body: Option<&[u8]>,
) -> Result<Option<IdempotencyKey>, HeaderError> {
    let (Some(text), Some(body)) = (read(request.headers())?, body) else { return Ok(None) };
    let uri = request.uri();
    let parts = [request.method().as_str(), uri.path(), uri.query().unwrap_or_default()].map(str::as_bytes);
    let [method, path, query] = parts;
    Ok(Some(app.idempotency_key(text, &[method, path, query, body])))
}

/// Returns the key of the headers. The bare and the quoted form are the same key.
fn read(headers: &HeaderMap) -> Result<Option<String>, HeaderError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(HeaderError::Repeated);
    }
    key(value.as_bytes()).map(Some).ok_or(HeaderError::Malformed)
}

/// Parses a string of RFC 8941, section 3.3.3, or a bare key, which many clients send.
fn key(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    let key = match value.strip_prefix(b"\"") {
        Some(rest) => unquoted(rest)?,
        None => value.to_vec(),
    };
    let is_valid = (1..=MAX_LENGTH).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    String::from_utf8(key).ok().filter(|_| is_valid)
}

/// Returns the text before the closing quote, which must be the last character (RFC 8941, section 4.2.5).
fn unquoted(rest: &[u8]) -> Option<Vec<u8>> {
    let mut octets = rest.iter();
    let mut key = Vec::with_capacity(rest.len());
    loop {
        match octets.next()? {
            b'"' => return octets.as_slice().is_empty().then_some(key),
            b'\\' => key.push(*octets.next().filter(|octet| [b'"', b'\\'].contains(octet))?),
            octet => key.push(*octet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_key(value: &str) -> Option<String> {
        key(value.as_bytes())
    }

    #[test]
    fn quoted_and_bare_forms_are_the_same_key() {
        let table = [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (r#"a"b\c"#, r#"a"b\c"#),
            (" x ", "x"),
            ("!~", "!~"),
        ];
        for (value, key) in table {
            assert_eq!(read_key(value).as_deref(), Some(key), "{value}");
        }
    }

    #[test]
    fn malformed_keys_are_rejected() {
        let table = [
            "",
            " ",
            "\"\"",
            "\"",
            "\"a",
            "a b",
            "\"a b\"",
            "\"a\";q=1",
            "\"a\", \"b\"",
            "a, b",
            "\"a\\b\"",
            "\"a\\",
            "żółw",
            "a\tb",
            "\u{7f}",
        ];
        for value in table {
            assert_eq!(read_key(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_key_has_up_to_255_characters_without_its_quotes() {
        let (most, more) = ("x".repeat(255), "x".repeat(256));
        assert_eq!(read_key(&most), Some(most.clone()));
        assert_eq!(read_key(&format!("\"{most}\"")), Some(most.clone()));
        assert_eq!(read_key(&format!("\"\\\"{}\"", &most[1..])).map(|key| key.len()), Some(255));
        assert_eq!(read_key(&more), None);
        assert_eq!(read_key(&format!("\"{more}\"")), None);
    }
}
