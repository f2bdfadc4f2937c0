//! The header `WWW-Authenticate` of a 401.

use actix_web::http::header::HeaderValue;

/// What a 401 asks for (RFC 6750, section 3). An error is named only if a token was presented. The descriptions are fixed, so
/// they repeat nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Challenge {
    /// No token was presented.
    #[default]
    Token,
    /// The presented token is not valid, or no longer.
    ValidToken,
    /// The presented token was valid until its expiry.
    FreshToken,
}

impl Challenge {
    /// The value of the header.
    #[must_use]
    pub const fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Token => r#"Bearer realm="usher""#,
            Self::ValidToken => {
                r#"Bearer realm="usher", error="invalid_token", error_description="the token is not valid""#
            }
            Self::FreshToken => {
                r#"Bearer realm="usher", error="invalid_token", error_description="the token has expired""#
            }
        })
    }
}
