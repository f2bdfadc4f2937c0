//! Keys of reserved generations. They are no keys of a link.

use super::link::{LinkKey, SecureId};
use crate::port::LinkKeys;

/// The generation whose key is the receipt of an acceptance. No mail has it: stores count generations up to `i32::MAX`.
const RECEIPT: u32 = u32::MAX;

/// The generation whose key shows that a decline is the second step.
const CONFIRMATION: u32 = u32::MAX - 1;

/// Derives the receipt of an acceptance. Only the browser that accepted gets it, to show the acceptance again. It is not a key of the
/// link.
#[must_use]
pub fn receipt(keys: &dyn LinkKeys, secure_id: &SecureId) -> LinkKey {
    keys.key(secure_id, RECEIPT)
}

/// Whether a text is the receipt of the invitation.
#[must_use]
pub fn is_receipt(keys: &dyn LinkKeys, secure_id: &SecureId, presented: &str) -> bool {
    keys.generation_of(secure_id, presented) == Some(RECEIPT)
}

/// Derives the text that the page which asks for the confirmation of a decline sends with its form.
#[must_use]
pub fn confirmation(keys: &dyn LinkKeys, secure_id: &SecureId) -> LinkKey {
    keys.key(secure_id, CONFIRMATION)
}

/// Whether a text comes from the page which asks for the confirmation of a decline.
#[must_use]
pub fn is_confirmation(keys: &dyn LinkKeys, secure_id: &SecureId, presented: &str) -> bool {
    keys.generation_of(secure_id, presented) == Some(CONFIRMATION)
}
