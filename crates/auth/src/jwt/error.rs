use usher_domain::port::TokenError;

/// Why a JWT is rejected, in more detail than [`TokenError`] has.
///
/// The messages repeat no part of the token: they may be sent to the caller and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not a valid token from Usher or from a trusted issuer.
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    /// It was valid until its expiry.
    #[error("the token has expired")]
    Expired,
    /// The token is valid, but its issuer does not vouch for the e-mail address. A new token of that issuer does not help.
    #[error("the token's issuer does not confirm that the e-mail address is the holder's")]
    EmailNotVerified,
    /// The issuer's keys cannot be fetched, so the token can be neither accepted nor rejected.
    #[error("the keys of the token's issuer are not available")]
    KeysUnavailable {
        /// When they may be available again, in seconds from now.
        seconds: u32,
    },
}

impl From<JwtError> for TokenError {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::Invalid(fault) => Self::Invalid { reason: fault.code(), message: fault.to_string() },
            JwtError::Expired => Self::Expired,
            JwtError::EmailNotVerified => Self::EmailNotVerified,
            JwtError::KeysUnavailable { seconds } => Self::KeysUnavailable { seconds },
        }
    }
}

/// Why a JWT is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Longer than [`MAX_TOKEN_OCTETS`](crate::MAX_TOKEN_OCTETS).
    #[error("the token is too long")]
    TooLong,
    /// Not three parts in base64url without padding, the first two of them JSON objects (RFC 7515, 3.1 and 7.1).
    #[error("the token is neither an access token nor a signed JWT in compact form")]
    Malformed,
    /// The header or the claims have the same name twice, so parsers may disagree about its value (RFC 7515, 4; RFC 7519, 4).
    #[error("the token has the same name twice in its header or its claims")]
    DuplicateName,
    /// `typ` is not an accepted type (RFC 8725, 3.11).
    #[error("the token's type is not accepted")]
    Type,
    /// The header has `crit`, and Usher supports no critical parameters (RFC 7515, 4.1.11).
    #[error("the token has critical header parameters, and none are supported")]
    Critical,
    /// `alg` is unknown, or is not the key's algorithm (RFC 8725, 3.1).
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// `kid` and `alg` match none of the issuer's keys.
    #[error("the token's key is not known")]
    Key,
    /// The token was signed with another key, or changed after signing.
    #[error("the token's signature is wrong")]
    Signature,
    /// `iss` is not an accepted issuer (RFC 8725, 3.8).
    #[error("the token's issuer is not configured")]
    Issuer,
    /// `aud` does not include Usher (RFC 7519, 4.1.3).
    #[error("the token is meant for another audience")]
    Audience,
    /// `nbf` is in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is in the future.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// `exp` is later than the issuer's tokens may expire.
    #[error("the token expires later than tokens of its issuer may")]
    Lifetime,
    /// The issuer is bound to other e-mail domains.
    #[error("the token's issuer is not configured for the domain of the e-mail address")]
    EmailDomain,
    /// A required claim is missing. Carries its configured name.
    #[error("the token lacks the claim {0:?}")]
    MissingClaim(String),
    /// A claim has a value that is not accepted. Carries its configured name.
    #[error("the token's claim {0:?} has a value that is not accepted")]
    BadClaim(String),
}

impl InvalidToken {
    /// Names the case in logs and metrics; never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::DuplicateName => "duplicate_name",
            Self::Type => "type",
            Self::Critical => "critical",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::Lifetime => "lifetime",
            Self::EmailDomain => "email_domain",
            Self::MissingClaim(_) => "missing_claim",
            Self::BadClaim(_) => "bad_claim",
        }
    }

    pub(super) fn missing(claim: impl Into<String>) -> Self {
        Self::MissingClaim(claim.into())
    }

    pub(super) fn bad(claim: impl Into<String>) -> Self {
        Self::BadClaim(claim.into())
    }
}
