use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::message::header::{HeaderName, HeaderValue};
use usher_domain::account::PublicId;

use super::ComposeError;

const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
const MESSAGE_ID: HeaderName = HeaderName::new_from_ascii_str("Message-ID");
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// Returns the subject, folded, and encoded if necessary.
///
/// lettre does not encode ASCII words, even if they look encoded. The reader's mail program would decode a title such as
/// `=?utf-8?q?…?=` into text that the domain's rules forbid.
pub(super) fn subject(text: &str) -> Result<HeaderValue, ComposeError> {
    if text.is_ascii() && !text.contains("=?") {
        return Ok(HeaderValue::new(SUBJECT, text.to_owned()));
    }
    let mut encoded = String::new();
    let mut writer = EmailWriter::new(&mut encoded, "Subject: ".len(), 0, false);
    rfc2047::encode(text, &mut writer).map_err(|error| ComposeError::Message(error.to_string()))?;
    drop(writer);
    Ok(HeaderValue::dangerous_new_pre_encoded(SUBJECT, text.to_owned(), encoded))
}

/// Returns `<reference@domain>`, not folded. A copy that is sent after a crash has the same id (RFC 5322, 3.6.4).
pub(super) fn message_id(reference: &PublicId, domain: &str) -> HeaderValue {
    let id = format!("<{reference}@{domain}>");
    HeaderValue::dangerous_new_pre_encoded(MESSAGE_ID, id.clone(), id)
}

/// Asks mail programs not to reply automatically (RFC 3834).
pub(super) fn auto_submitted() -> HeaderValue {
    HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned())
}
