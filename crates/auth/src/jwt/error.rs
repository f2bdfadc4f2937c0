use usher_domain::port::TokenError;

/// Why a bearer token does not get anybody in.
///
/// The messages say what is wrong and repeat nothing of the token: they may be answered to the caller and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not a token of ours or of an issuer that we trust: 401.
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    /// It was a good one, until now: 401.
    #[error("the token has expired")]
    Expired,
    /// The token is good, but its issuer does not vouch for the e-mail address: 403. Another token of that issuer
    /// would not change it.
    #[error("the token's issuer does not confirm that the e-mail address is the holder's")]
    EmailNotVerified,
    /// The issuer's keys were never fetched, so nothing can be said about the token: 503.
    #[error("the keys of the token's issuer are not available")]
    KeysUnavailable,
}

impl From<JwtError> for TokenError {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::Invalid(fault) => Self::Invalid { reason: fault.code(), message: fault.to_string() },
            JwtError::Expired => Self::Expired,
            JwtError::EmailNotVerified => Self::EmailNotVerified,
            JwtError::KeysUnavailable => Self::KeysUnavailable,
        }
    }
}

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Over [`MAX_TOKEN_OCTETS`](crate::MAX_TOKEN_OCTETS).
    #[error("the token is too long")]
    TooLong,
    /// Not three parts in base64url without padding, the first two of them JSON objects (RFC 7515, 3.1 and 7.1).
    #[error("the token is neither an access token nor a signed JWT in compact form")]
    Malformed,
    /// A name twice in the header or the claims, which two readers could read differently (RFC 7515, 4; RFC 7519, 4).
    #[error("the token has the same name twice in its header or its claims")]
    DuplicateName,
    /// `typ` says that it is something else (RFC 8725, 3.11).
    #[error("the token's type is not accepted")]
    Type,
    /// `crit`: something that must be understood and is not (RFC 7515, 4.1.11).
    #[error("the token has critical header parameters, and none are supported")]
    Critical,
    /// `alg` is not that of the key, or none that is known here (RFC 8725, 3.1).
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// None of the issuer's keys, or more than one, is meant by `kid` and `alg`.
    #[error("the token's key is not known")]
    Key,
    /// It was signed with another key, or changed.
    #[error("the token's signature is wrong")]
    Signature,
    /// `iss` names nobody whose tokens are accepted (RFC 8725, 3.8).
    #[error("the token's issuer is not accepted")]
    Issuer,
    /// `aud` names others only (RFC 7519, 4.1.3).
    #[error("the token is meant for another audience")]
    Audience,
    /// `nbf` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` lies in the future.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// A claim that has to be there is not. Carries its name as configured.
    #[error("the token lacks the claim {0:?}")]
    MissingClaim(String),
    /// A claim has a value that it cannot have. Carries its name as configured.
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
            Self::MissingClaim(_) => "missing_claim",
            Self::BadClaim(_) => "bad_claim",
        }
    }

    pub(super) fn missing(claim: &str) -> Self {
        Self::MissingClaim(claim.to_owned())
    }

    pub(super) fn bad(claim: &str) -> Self {
        Self::BadClaim(claim.to_owned())
    }
}
