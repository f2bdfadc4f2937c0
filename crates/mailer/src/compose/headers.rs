use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::message::header::{HeaderName, HeaderValue};
use usher_domain::account::PublicId;

use super::ComposeError;

const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
const MESSAGE_ID: HeaderName = HeaderName::new_from_ascii_str("Message-ID");
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The subject, folded, and encoded where it has to be.
///
/// lettre leaves ASCII words as they are, and so also a word that *looks* encoded: a title such as `=?utf-8?q?…?=` would
/// be decoded by the reader's mail program into whatever its author did not get past the domain's rules.
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

/// `<reference@domain>`: a copy sent again after a crash is the same message (RFC 5322, 3.6.4). Never folded.
pub(super) fn message_id(reference: &PublicId, domain: &str) -> HeaderValue {
    let id = format!("<{reference}@{domain}>");
    HeaderValue::dangerous_new_pre_encoded(MESSAGE_ID, id.clone(), id)
}

/// Asks automatic answers to stay away (RFC 3834).
pub(super) fn auto_submitted() -> HeaderValue {
    HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned())
}
