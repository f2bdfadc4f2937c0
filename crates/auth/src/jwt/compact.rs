use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{InvalidToken, object::JsonObject};
use crate::keys::{Algorithm, VerificationKey};

/// The maximum length of a token in octets. Tokens of people in hundreds of groups have more than 8 KiB. A request's head may
/// have 32 KiB.
pub const MAX_TOKEN_OCTETS: usize = 16 * 1024;

/// The prefix that a media type may leave out (RFC 7515, 4.1.9).
const MEDIA_TYPE_PREFIX: &str = "application/";

/// A parsed token. Trust nothing in it before its signature is verified.
pub(super) struct CompactToken<'a> {
    pub(super) header: Header,
    pub(super) claims: JsonObject,
    /// The encoded header and claims, which the signature covers.
    pub(super) signing_input: &'a str,
    /// In base64url.
    pub(super) signature: &'a str,
}

impl<'a> CompactToken<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, InvalidToken> {
        if token.len() > MAX_TOKEN_OCTETS {
            return Err(InvalidToken::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(InvalidToken::Malformed)?;
        // A further dot, as in an encrypted token (RFC 7516), is not in the base64url alphabet, so decoding fails.
        let (header, claims) = signing_input.split_once('.').ok_or(InvalidToken::Malformed)?;
        let header = Header::parse(&decode(header)?)?;
        Ok(Self { header, claims: decode(claims)?, signing_input, signature })
    }

    /// Whether the key signed this token with the algorithm of its header.
    pub(super) fn is_signed_by(&self, key: &VerificationKey) -> bool {
        key.verifies(self.header.algorithm, self.signing_input, self.signature)
    }
}

fn decode(part: &str) -> Result<JsonObject, InvalidToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Malformed)?;
    JsonObject::parse(&json)
}

/// The header parameters that Usher reads. It ignores `jku`, `jwk`, `x5u` and `x5c`: keys come from the configuration only
/// (RFC 8725, 3.10).
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    fn parse(header: &JsonObject) -> Result<Self, InvalidToken> {
        if header.get("crit").is_some() {
            return Err(InvalidToken::Critical);
        }
        let text = |name| header.text(name).map_err(|_| InvalidToken::Malformed);
        let algorithm = text("alg")?.ok_or(InvalidToken::Malformed)?;
        Ok(Self {
            algorithm: Algorithm::parse(algorithm).ok_or(InvalidToken::Algorithm)?,
            kid: text("kid")?.map(str::to_owned),
            typ: text("typ")?.map(str::to_owned),
        })
    }
}

/// Whether two values of `typ` are the same media type: in any case, with or without `application/`.
pub(super) fn same_type(left: &str, right: &str) -> bool {
    bare_type(left).eq_ignore_ascii_case(bare_type(right))
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
