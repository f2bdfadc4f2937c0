use serde::Serialize;

use super::link::Link;

/// What a page says about the mailbox, and its form for the first step. Not `Debug`: it holds the key.
#[derive(Clone, Serialize)]
pub(super) struct MailsForm {
    secure_id: String,
    key: String,
    blocked: bool,
}

impl MailsForm {
    pub(super) fn new(link: &Link, blocked: bool) -> Self {
        Self { secure_id: link.secure_id.to_string(), key: link.key.clone(), blocked }
    }
}
