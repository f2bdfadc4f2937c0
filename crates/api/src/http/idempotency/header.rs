use actix_web::http::header::{HeaderMap, HeaderName};

/// The header that a key comes in.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// `true` in an answer that is given again.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Most characters of a key.
const MOST: usize = 255;

/// Why a request's key cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Two of them.
    #[error("send the header Idempotency-Key once; each request has one key")]
    Repeated,
    /// Neither of both forms, or too short or too long.
    #[error(
        "the header Idempotency-Key must be a key of 1 to {MOST} visible ASCII characters, as it is or in double quotes"
    )]
    Malformed,
}

/// The key of a request, if it has one. Quoted or not, it is the same key.
pub(super) fn read(headers: &HeaderMap) -> Result<Option<String>, HeaderError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(HeaderError::Repeated);
    }
    key(value.as_bytes()).map(Some).ok_or(HeaderError::Malformed)
}

/// A string of RFC 8941, section 3.3.3, or the bare key, as many clients send it.
fn key(value: &[u8]) -> Option<String> {
    let value = value.trim_ascii();
    let key = match value.strip_prefix(b"\"") {
        Some(rest) => unquoted(rest)?,
        None => value.to_vec(),
    };
    let sound = (1..=MOST).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    String::from_utf8(key).ok().filter(|_| sound)
}

/// What stands before the closing quote, after which there is nothing (RFC 8941, section 4.2.5).
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
    fn what_is_no_key_is_refused() {
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
