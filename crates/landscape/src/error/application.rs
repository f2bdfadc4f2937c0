//! Errors that the application returns before a use case runs, and failures of the store.

use actix_web::http::StatusCode;
use usher_app::PasswordError;
use usher_domain::{
    port::StoreError,
    quota::TooManyWrites,
    usecase::{idempotency::KeyError, resolve::ResolveError},
};
use usher_http_kit::{challenge::Challenge, link_lookups::TooManyLookups};

use super::Problem;

/// The caller learns only whether a second attempt can succeed. The application has logged the cause.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            Self::unavailable("the service is busy; try again, nothing is done twice").retry_after(1)
        } else {
            Self::internal()
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::unavailable(error).retry_after(1),
            PasswordError::TooManyFailures { seconds } => {
                Self::too_many_requests(error).retry_after(i64::from(seconds))
            }
            PasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Store(error) => error.into(),
            ResolveError::InvalidToken | ResolveError::SignedOut => {
                Self::token_rejected(error, Challenge::ValidToken)
            }
            ResolveError::UnknownPerson
            | ResolveError::NoMembership
            | ResolveError::NotAMember(_)
            | ResolveError::ChooseAccount
            | ResolveError::IssuerElsewhere => Self::forbidden(error),
        }
    }
}

impl From<TooManyWrites> for Problem {
    fn from(error: TooManyWrites) -> Self {
        Self::too_many_requests(error).retry_after(error.0.resets_in)
    }
}

impl From<TooManyLookups> for Problem {
    fn from(error: TooManyLookups) -> Self {
        Self::too_many_requests(error).retry_after(error.retry_after)
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::InFlight => Self::conflict("RequestInProgress", error).retry_after(1),
            KeyError::OtherRequest => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "IdempotencyKeyReused", error)
            }
            KeyError::Store(error) => error.into(),
        }
    }
}
