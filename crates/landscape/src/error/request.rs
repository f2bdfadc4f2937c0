//! Errors of the request itself: its credential, key or body.

use actix_web::http::StatusCode;
use usher_domain::{
    port::TokenError,
    role::{BUILTIN, GrantError},
};
use usher_http_kit::{
    body::BodyError, challenge::Challenge, credentials::CredentialError, idempotency_key::HeaderError,
    json::ReadError, names::NameError, repeated,
};

use super::Problem;

impl From<CredentialError> for Problem {
    fn from(error: CredentialError) -> Self {
        match &error {
            CredentialError::Missing | CredentialError::Malformed => Self::unauthorized(error),
            CredentialError::Token(token) => token_problem(token),
            CredentialError::OnlyForAccount => Self::forbidden(error),
            CredentialError::AccessToken(error) => error.clone().into(),
        }
    }
}

fn token_problem(error: &TokenError) -> Problem {
    match error {
        TokenError::EmailNotVerified => Problem::forbidden(error),
        TokenError::KeysUnavailable { seconds } => {
            Problem::unavailable("the keys of the token's issuer cannot be reached; try again")
                .retry_after(i64::from(*seconds))
        }
        TokenError::Invalid { .. } => Problem::token_rejected(error, Challenge::ValidToken),
        TokenError::Expired => Problem::token_rejected(error, Challenge::FreshToken),
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", error),
            BodyError::TimedOut => Self::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", error),
            BodyError::Broken => Self::bad_request(error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Syntax(error) => Self::bad_request(error),
            ReadError::Members(problems) => Self::members(&problems),
        }
    }
}

impl From<NameError> for Problem {
    fn from(error: NameError) -> Self {
        Self::bad_request(error)
    }
}

impl From<HeaderError> for Problem {
    fn from(error: HeaderError) -> Self {
        Self::bad_request(error)
    }
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::UnknownRole(name) => {
                let error = GrantError::UnknownRole(repeated(&name).to_owned());
                let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
                let message = format!("{error}; the roles are {}", known.join(", "));
                Self::new(StatusCode::BAD_REQUEST, "UnknownRole", message)
            }
            GrantError::NoRole | GrantError::TooManyServices | GrantError::RepeatedService(_) => {
                Self::bad_request(error)
            }
        }
    }
}
