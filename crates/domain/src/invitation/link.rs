use crate::token::Token;

/// The name of an invitation in links and in Landscape's dialect: 30 characters of `[A-Za-z0-9]`. Administrators see it
/// in lists, so it is not enough to accept.
pub type SecureId = Token<30>;

/// The secret half of a link. It exists only in the mail: the server derives it again to compare.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey(String);

impl LinkKey {
    /// Wraps a derived key. It needs no escaping in a URL's query.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret, for the mail and for comparison.
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

/// Both halves of a link as one string, for acceptance through an API: `{secure_id}.{key}`. It is a secret like the
/// link.
#[must_use]
pub fn code(secure_id: &SecureId, key: &LinkKey) -> String {
    format!("{secure_id}.{}", key.reveal())
}

/// Splits a [`code`] into secure id and link key, if it has a key. Returns `None` if it has no secure id.
#[must_use]
pub fn split_code(code: &str) -> Option<(SecureId, Option<&str>)> {
    let (secure_id, key) = code.split_once('.').map_or((code, None), |(id, key)| (id, Some(key)));
    Some((SecureId::parse(secure_id)?, key.filter(|key| !key.is_empty())))
}

/// The link of an invitation mail. Its base is the configured URL, never part of a request.
#[must_use]
pub fn page_url(public_url: &str, secure_id: &SecureId, key: &LinkKey) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/accept-invitation/{secure_id}?key={}", key.reveal())
}
