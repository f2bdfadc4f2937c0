use std::str::FromStr as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;

use super::{InvalidToken, object::Object};

/// Longest token that is looked at, in octets: more than any HTTP server takes in one header line.
pub const MAX_TOKEN_OCTETS: usize = 8 * 1024;

/// What a media type may be shortened by (RFC 7515, 4.1.9).
const MEDIA_TYPE_PREFIX: &str = "application/";

/// A token taken apart. Nothing of it is to be believed before its signature was checked.
pub(super) struct Compact<'a> {
    pub(super) header: Header,
    pub(super) claims: Object,
    /// Header and claims as they were signed.
    pub(super) signing_input: &'a str,
    /// In base64url.
    pub(super) signature: &'a str,
}

impl<'a> Compact<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, InvalidToken> {
        if token.len() > MAX_TOKEN_OCTETS {
            return Err(InvalidToken::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(InvalidToken::Malformed)?;
        // A third dot, as in an encrypted token (RFC 7516), is no character of base64url and fails there.
        let (header, claims) = signing_input.split_once('.').ok_or(InvalidToken::Malformed)?;
        let header = Header::parse(&decode(header)?)?;
        Ok(Self { header, claims: decode(claims)?, signing_input, signature })
    }
}

fn decode(part: &str) -> Result<Object, InvalidToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Malformed)?;
    Object::parse(&json)
}

/// The parameters of a header that matter. `jku`, `jwk`, `x5u` and `x5c` do not: keys come from the configuration only
/// (RFC 8725, 3.10).
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    fn parse(header: &Object) -> Result<Self, InvalidToken> {
        if header.get("crit").is_some() {
            return Err(InvalidToken::Critical);
        }
        let text = |name| header.text(name).map_err(|_| InvalidToken::Malformed);
        let algorithm = text("alg")?.ok_or(InvalidToken::Malformed)?;
        Ok(Self {
            // Knows no `none`.
            algorithm: Algorithm::from_str(algorithm).map_err(|_| InvalidToken::Algorithm)?,
            kid: text("kid")?.map(str::to_owned),
            typ: text("typ")?.map(str::to_owned),
        })
    }
}

/// Whether two values of `typ` mean the same: media types, in any case, with or without `application/`.
pub(super) fn same_type(one: &str, other: &str) -> bool {
    bare_type(one).eq_ignore_ascii_case(bare_type(other))
}

fn bare_type(typ: &str) -> &str {
    let prefix = typ.get(..MEDIA_TYPE_PREFIX.len());
    if prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(MEDIA_TYPE_PREFIX)) {
        typ.get(MEDIA_TYPE_PREFIX.len()..).unwrap_or_default()
    } else {
        typ
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_compared_as_media_types() {
        for same in ["JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT"] {
            assert!(same_type(same, "JWT"), "{same}");
        }
        for other in
            ["", "JWS", "JWT ", "application/", "application/application/jwt", "text/jwt", "at+jwt", "ä"]
        {
            assert!(!same_type(other, "JWT"), "{other}");
        }
    }
}
