//! The part before the `@`.

use super::error::AddressError;
use crate::text::is_ignorable;

/// Maximum octets before the `@` (RFC 5321, 4.5.3.1.1), quotes included.
const MAX_OCTETS: usize = 64;

/// Hosts with mailboxes that have dots in a row, or a dot at an end. These two carriers gave out such addresses before they followed
/// the standards, and their subscribers still use them: `a..b@docomo.ne.jp`.
const HOSTS_WITH_ANY_DOTS: [&str; 2] = ["docomo.ne.jp", "ezweb.ne.jp"];

/// Checks a local part for a host in lower-case ASCII. Returns it without quotes.
pub(super) fn check<'a>(local: &'a str, host: &str) -> Result<&'a str, AddressError> {
    let any_dots = HOSTS_WITH_ANY_DOTS.contains(&host);
    let bare = if any_dots { unquoted(local) } else { local };
    if quoted_if_necessary(bare).len() > MAX_OCTETS {
        return Err(AddressError::TooLong);
    }
    let is_accepted = if any_dots { is_dotted(bare) } else { is_dot_string(bare) };
    if is_accepted && !bare.contains("=?") { Ok(bare) } else { Err(AddressError::Local) }
}

/// The local part as SMTP and mail headers write it: as a quoted string (RFC 5321, 4.1.2) if only its dots keep it from being a
/// dot-string. A stored one with other faults stays as it is, so that no mail goes to it.
pub(super) fn quoted_if_necessary(bare: &str) -> String {
    if is_dotted(bare) && !is_dot_string(bare) { format!("\"{bare}\"") } else { bare.to_owned() }
}

/// Quotes are part of the spelling, not of the mailbox. What is accepted inside them never needs a backslash.
fn unquoted(local: &str) -> &str {
    local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(local)
}

/// RFC 5321's dot-string, with letters outside ASCII as in RFC 6531.
fn is_dot_string(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_local_character))
}

/// Like a dot-string, but with dots in any places.
fn is_dotted(local: &str) -> bool {
    local.split('.').any(|atom| !atom.is_empty())
        && local.split('.').all(|atom| atom.chars().all(is_local_character))
}

/// The routing characters `%` and `!` are not accepted. Nor is the beginning of an encoded word (RFC 2047, checked by [`check`]),
/// because programs that decode it would write to another address; nor an invisible letter, such as a Hangul filler.
fn is_local_character(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "#$&'*+-/=?^_`{|}~".contains(c)
    } else {
        c.is_alphanumeric() && !is_ignorable(c)
    }
}
