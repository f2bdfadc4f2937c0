//! Timestamps for programs.

use chrono::SecondsFormat;
use usher_domain::Timestamp;

/// RFC 3339 in UTC, whole seconds, `Z`: `2024-03-20T14:49:25Z`. All vendors' clients read this form.
#[must_use]
pub fn iso(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}
