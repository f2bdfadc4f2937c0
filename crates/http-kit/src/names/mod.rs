//! Names in requests that the dialect does not define.
//!
//! Vendors' clients send members and parameters that Usher does not know, so a dialect ignores unknown names. Two kinds of name
//! must not be ignored, because the caller would get something else than it asked for: a misspelling of a name that the
//! request could have (`near`), and a name that has a meaning in another API of Usher (`elsewhere`).

mod elsewhere;
mod near;
mod parameters;

pub use parameters::{NameError, check_parameters};

use crate::repeated;

/// Returns what is wrong with a name that is not in `known`, or `None` if it can be ignored. `place` is the path of the object
/// that has the member. `is_present` tells whether the request has a known name.
pub(crate) fn objection(
    name: &str,
    place: &str,
    known: &[&str],
    is_present: impl Fn(&str) -> bool,
) -> Option<String> {
    let path = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    if let Some(meant) = near::nearest(name, known.iter().copied().filter(|known| !is_present(known))) {
        return Some(format!("{} is unknown: did you mean {}?", path(repeated(name)), path(meant)));
    }
    // Another spelling of a name that the request has is noise.
    let canonical = elsewhere::snake_case(name);
    if known.contains(&canonical.as_str()) {
        return None;
    }
    let reason = elsewhere::reason(&canonical)?;
    Some(format!("{} is not accepted here: {reason}", path(repeated(name))))
}

#[cfg(test)]
mod tests;
