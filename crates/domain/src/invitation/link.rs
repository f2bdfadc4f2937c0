use super::Invitation;
use crate::{port::LinkKeys, token::Token};

/// What names an invitation in links and in Landscape's dialect: 30 characters of `[A-Za-z0-9]`. Administrators' lists
/// show it, so it alone accepts nothing.
pub type SecureId = Token<30>;

/// The secret half of a link. It exists only in the mail: the server derives it again when it has to compare.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey(String);

impl LinkKey {
    /// Wraps a derived key; safe in a URL's query without escaping.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret, for the mail and for comparing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

/// What a presented key proves about its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProof {
    /// It is the key of the newest mail: the holder reads the mailbox.
    Current,
    /// It is the key of an older mail: the holder reads the mailbox, but the link was replaced.
    Replaced,
    /// It is no key of this invitation.
    None,
}

/// Judges a presented key against the invitation's current generation.
#[must_use]
pub fn prove(keys: &dyn LinkKeys, invitation: &Invitation, presented: Option<&str>) -> KeyProof {
    let generation = presented.and_then(|key| keys.generation_of(&invitation.secure_id, key));
    match generation {
        Some(generation) if generation == invitation.generation => KeyProof::Current,
        Some(generation) if generation < invitation.generation => KeyProof::Replaced,
        _ => KeyProof::None,
    }
}

/// Both halves of a link as one word, for those who accept through an API: `{secure_id}.{key}`. A secret like the link.
#[must_use]
pub fn code(secure_id: &SecureId, key: &LinkKey) -> String {
    format!("{secure_id}.{}", key.reveal())
}

/// The two halves of a [`code`], the second if it is there; `None` when the first is none.
#[must_use]
pub fn split_code(code: &str) -> Option<(SecureId, Option<&str>)> {
    let (secure_id, key) = code.split_once('.').map_or((code, None), |(id, key)| (id, Some(key)));
    Some((SecureId::parse(secure_id)?, key.filter(|key| !key.is_empty())))
}

/// The link of an invitation mail. The base comes from the configuration only, never from a request.
#[must_use]
pub fn page_url(public_url: &str, secure_id: &SecureId, key: &LinkKey) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/accept-invitation/{secure_id}?key={}", key.reveal())
}
