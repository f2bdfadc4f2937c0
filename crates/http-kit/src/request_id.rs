//! The id of a request, and the trace that the request belongs to.

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{HeaderName, HeaderValue},
};
use tracing_actix_web::RequestId;

/// The header that names a request, in requests and responses.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Most characters of an id that a client chooses.
const MAX_CHARACTERS: usize = 128;

/// Returns the id of a request: the client's `X-Request-Id` if it is safe to log, otherwise the generated one. `None` without
/// the middleware that generates ids, as in tests.
#[must_use]
pub fn request_id(request: &HttpRequest) -> Option<String> {
    let chosen = single(request, &X_REQUEST_ID).filter(|id| is_safe(id)).map(str::to_owned);
    chosen.or_else(|| request.extensions().get::<RequestId>().map(ToString::to_string))
}

/// Returns the trace id of the header `traceparent` (W3C Trace Context, section 3.2), if the header is valid.
#[must_use]
pub fn trace_id(request: &HttpRequest) -> Option<&str> {
    let mut parts = single(request, &TRACEPARENT)?.split('-');
    let [version, trace_id, parent_id, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    // Only later versions may have further parts.
    let has_known_form = version != "00" || parts.next().is_none();
    let is_valid = has_known_form
        && is_hex(version, 2)
        && version != "ff"
        && is_hex(trace_id, 32)
        && is_hex(parent_id, 16)
        && is_hex(flags, 2)
        && [trace_id, parent_id].iter().all(|id| id.bytes().any(|digit| digit != b'0'));
    is_valid.then_some(trace_id)
}

/// The value of a header that occurs once.
fn single<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    let mut values = request.headers().get_all(name);
    let value = values.next().map(HeaderValue::to_str)?;
    if values.next().is_some() { None } else { value.ok() }
}

/// Whether an id has characters only that mean nothing in a log, a shell or a URL's path. UUIDs, Base64 and the ids of common
/// proxies qualify.
fn is_safe(id: &str) -> bool {
    let is_safe = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.:+/=".contains(&octet);
    (1..=MAX_CHARACTERS).contains(&id.len()) && id.bytes().all(is_safe)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn id(lines: &[&str]) -> Option<String> {
        let request = TestRequest::default();
        let request =
            lines.iter().fold(request, |request, line| request.append_header((X_REQUEST_ID, *line)));
        request_id(&request.to_http_request())
    }

    #[test]
    fn a_safe_id_of_the_client_is_taken() {
        let longest = "x".repeat(128);
        for safe in
            ["1", "8e03978e-40d5-43dd-bc93-6894a57f9324", "Root=1-67891233-abcdef01", "a+/b==", &longest]
        {
            assert_eq!(id(&[safe]).as_deref(), Some(safe));
        }
    }

    #[test]
    fn another_id_of_the_client_is_not_taken() {
        let too_long = "x".repeat(129);
        for unsafe_id in
            ["", " ", "a b", "a\tb", "żółw", "a\"b", "a{b}", "a,b", "a;b", "$(id)", "a%0ab", &too_long]
        {
            assert_eq!(id(&[unsafe_id]), None, "{unsafe_id:?}");
        }
        assert_eq!(id(&["a", "b"]), None, "one of the two is not the request's id");
        assert_eq!(id(&[]), None);
    }

    fn trace(value: &str) -> Option<String> {
        let request = TestRequest::default().append_header((TRACEPARENT, value)).to_http_request();
        trace_id(&request).map(str::to_owned)
    }

    #[test]
    fn the_trace_id_is_read_from_traceparent() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        for valid in
            ["00-@-b7ad6b7169203331-01", "00-@-b7ad6b7169203331-00", "cc-@-b7ad6b7169203331-01-what-else"]
        {
            assert_eq!(trace(&valid.replace('@', id)).as_deref(), Some(id), "{valid}");
        }
        for invalid in [
            "",
            "@",
            "00-@-b7ad6b7169203331",
            "00-@-b7ad6b7169203331-01-more",
            "ff-@-b7ad6b7169203331-01",
            "0-@-b7ad6b7169203331-01",
            "00-@-b7ad6b716920333-01",
            "00-@-B7AD6B7169203331-01",
            "00-@-0000000000000000-01",
            "00-@0-b7ad6b7169203331-01",
            "00-@-b7ad6b7169203331-0x",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ] {
            assert_eq!(trace(&invalid.replace('@', id)), None, "{invalid}");
        }
    }
}
