//! The response to each rejection. The matches are exhaustive, so a new rejection does not compile without its response.

use usher_app::PasswordError;
use usher_domain::{
    outbox::MailRefusal,
    port::{StoreError, TokenError},
    quota::TooManyWrites,
    usecase::{
        accept::AcceptError, idempotency::KeyError, invite::InviteError, resolve::ResolveError,
        revoke::RevokeError, view::ViewError,
    },
};
use usher_http_kit::{
    body::BodyError, challenge::Challenge, credentials::CredentialError, idempotency_key::HeaderError,
    json::ReadError, link_lookups::TooManyLookups, names::NameError,
};

use super::FastlyProblem;

/// The caller learns only whether a second attempt can succeed. The log has the cause.
impl From<StoreError> for FastlyProblem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            Self::unavailable("the service is busy; try again, nothing is done twice", 1)
        } else {
            Self::internal()
        }
    }
}

impl From<CredentialError> for FastlyProblem {
    fn from(error: CredentialError) -> Self {
        match &error {
            CredentialError::Missing => Self::unauthorized("send a token in the header `Fastly-Key`"),
            CredentialError::Malformed => Self::unauthorized(
                "send one token, either as `Fastly-Key: <token>` or as `Authorization: Bearer <token>`",
            ),
            CredentialError::Token(token) => token_problem(token),
            CredentialError::OnlyForAccount => Self::forbidden(error),
            CredentialError::AccessToken(error) => error.clone().into(),
        }
    }
}

fn token_problem(error: &TokenError) -> FastlyProblem {
    match error {
        TokenError::Invalid { .. } => FastlyProblem::token_rejected(error, Challenge::ValidToken),
        TokenError::Expired => FastlyProblem::token_rejected(error, Challenge::FreshToken),
        TokenError::EmailNotVerified => FastlyProblem::forbidden(error),
        TokenError::KeysUnavailable { seconds } => FastlyProblem::unavailable(
            "the keys of the token's issuer cannot be reached; try again",
            i64::from(*seconds),
        ),
    }
}

impl From<TooManyLookups> for FastlyProblem {
    fn from(error: TooManyLookups) -> Self {
        Self::too_many(error, error.retry_after)
    }
}

impl From<BodyError> for FastlyProblem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::body_too_large(error),
            BodyError::TimedOut => Self::request_timeout(error),
            BodyError::Broken => Self::bad_request(error),
        }
    }
}

impl From<ReadError> for FastlyProblem {
    fn from(error: ReadError) -> Self {
        Self::bad_request(error)
    }
}

impl From<NameError> for FastlyProblem {
    fn from(error: NameError) -> Self {
        Self::bad_request(error)
    }
}

impl From<ResolveError> for FastlyProblem {
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

impl From<TooManyWrites> for FastlyProblem {
    fn from(error: TooManyWrites) -> Self {
        Self::hourly_limit(error, error.0.resets_in)
    }
}

impl From<HeaderError> for FastlyProblem {
    fn from(error: HeaderError) -> Self {
        Self::bad_request(error)
    }
}

impl From<KeyError> for FastlyProblem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::InFlight => Self::in_progress(error, 1),
            KeyError::OtherRequest => Self::key_reused(error),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<InviteError> for FastlyProblem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Forbidden | InviteError::AboveCeiling => Self::forbidden(error),
            InviteError::AlreadyMember(_) => Self::duplicate(error),
            // The use case's text advises the caller to resend, which this dialect cannot do.
            InviteError::AlreadyInvited(email) => Self::duplicate(format_args!(
                "{email} already has a pending invitation to this account; delete that one first"
            )),
            InviteError::Mail(refusal) => refusal.into(),
            InviteError::Store(error) => error.into(),
        }
    }
}

/// A limit is 429, and a recipient who wants no invitation is 403. Both say when a second attempt can succeed, if it can.
impl From<MailRefusal> for FastlyProblem {
    fn from(refusal: MailRefusal) -> Self {
        match refusal.retry_after() {
            Some(seconds) if refusal.is_by_recipient() => Self::forbidden(refusal).retry_after(seconds),
            Some(seconds) => Self::too_many(refusal, seconds),
            None => Self::forbidden(refusal),
        }
    }
}

impl From<ViewError> for FastlyProblem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Forbidden => Self::forbidden(error),
            ViewError::NotFound => Self::not_found(error),
            ViewError::UnknownPlace => Self::bad_request(error.to_string()),
            ViewError::Store(error) => error.into(),
        }
    }
}

/// A handler that knows the missing id uses [`FastlyProblem::no_invitation`] instead.
impl From<RevokeError> for FastlyProblem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Forbidden | RevokeError::AboveCeiling => Self::forbidden(error),
            RevokeError::NotFound => Self::not_found(error),
            RevokeError::Store(error) => error.into(),
        }
    }
}

/// No response repeats the code from the mail, because it is a secret.
impl From<AcceptError> for FastlyProblem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::NotFound => Self::not_found(error),
            AcceptError::NotProven(_)
            | AcceptError::SponsorLostAuthority
            | AcceptError::UnknownPerson
            | AcceptError::IssuerElsewhere => Self::forbidden(error),
            AcceptError::Replaced
            | AcceptError::Expired
            | AcceptError::Declined
            | AcceptError::Revoked
            | AcceptError::AlreadyAccepted => Self::gone(error),
            AcceptError::AlreadyMember | AcceptError::PasswordExists | AcceptError::SignsInElsewhere => {
                Self::duplicate(error)
            }
            AcceptError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for FastlyProblem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::unavailable(error, 1),
            PasswordError::TooManyFailures { seconds } => Self::too_many(error, seconds.into()),
            PasswordError::Store(error) => error.into(),
        }
    }
}
