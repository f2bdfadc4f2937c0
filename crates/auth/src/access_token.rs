use usher_domain::access_token::{AccessTokenText, TokenDigest};

use crate::digest::sha256;

/// What is stored of an access token; `None` when the text cannot be one. A JWT never can: it has dots.
#[must_use]
pub fn access_token_digest(text: &str) -> Option<TokenDigest> {
    let token = AccessTokenText::parse(text)?;
    Some(TokenDigest::new(sha256(token.as_str().as_bytes())))
}
