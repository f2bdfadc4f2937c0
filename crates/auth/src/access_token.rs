use usher_domain::access_token::{AccessTokenText, TokenDigest};

use crate::digest::sha256;

/// The digest under which an access token is stored. `None` if the string does not have the form of an access token. A
/// JWT never has that form, because it contains dots.
#[must_use]
pub fn access_token_digest(text: &str) -> Option<TokenDigest> {
    let token = AccessTokenText::parse(text)?;
    Some(TokenDigest::new(sha256(token.as_str().as_bytes())))
}
