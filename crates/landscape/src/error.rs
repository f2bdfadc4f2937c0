use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde_json::json;
use usher_auth::TokenError;
use usher_domain::{
    port::StoreError,
    quota::TooManyWrites,
    role::{BUILTIN, GrantError},
    usecase::{
        accept::AcceptError, decline::DeclineError, idempotency::KeyError, invite::InviteError,
        resend::ResendError, resolve::ResolveError, revoke::RevokeError, sign_in::SignInError,
        view::ViewError,
    },
};

use crate::http::{
    body::BodyError,
    credentials::CredentialError,
    idempotency::HeaderError,
    json::{FieldProblem, JsonError},
    passwords::PasswordError,
};

/// An error as Landscape's clients read it: `{"error": "CodeName", "message": "…", "detail": null}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    error: &'static str,
    message: String,
    retry_after: Option<i64>,
}

#[expect(clippy::needless_pass_by_value, reason = "errors and format_args! are handed over as they come")]
impl Problem {
    fn new(status: StatusCode, error: &'static str, message: impl ToString) -> Self {
        Self { status, error, message: message.to_string(), retry_after: None }
    }

    pub(super) fn bad_request(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn invalid_email(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidEmailAddress", message)
    }

    pub(super) fn unauthorized(message: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    pub(super) fn forbidden(message: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    pub(super) fn not_found(message: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "this resource does not know the method of the request",
        )
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            "send the body as JSON with the header `Content-Type: application/json`",
        )
    }

    /// What is wrong with the fields of a body; `MissingParameter` when any is missing.
    pub(super) fn fields(problems: &[FieldProblem]) -> Self {
        let missing = problems.iter().any(|problem| matches!(problem, FieldProblem::Missing(_)));
        let error = if missing { "MissingParameter" } else { "BadRequest" };
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Self::new(StatusCode::BAD_REQUEST, error, texts.join("; "))
    }

    /// Several problems in one answer: the code of the first, and what all of them say.
    pub(super) fn joined(problems: impl Iterator<Item = Self>) -> Self {
        let both = |first: Self, next: Self| Self {
            message: format!("{}; {}", first.message, next.message),
            ..first
        };
        problems.reduce(both).unwrap_or_else(|| Self::bad_request("the request cannot be understood"))
    }

    fn gone(error: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::GONE, error, message)
    }

    fn conflict(error: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, error, message)
    }

    fn repeated(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "RepeatedInvitation", message)
    }

    fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.error, self.message)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, r#"Bearer realm="usher""#));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(json!({ "error": self.error, "message": self.message, "detail": null }))
    }
}

/// The caller learns whether to come back; the log has the rest.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "the service is busy; try again, nothing is done twice",
            )
            .retry_after(1),
            StoreError::Conflict(_) | StoreError::Corrupt { .. } => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "something is wrong on our side; quote the X-Request-Id of this answer",
            ),
        }
    }
}

impl From<CredentialError> for Problem {
    fn from(error: CredentialError) -> Self {
        match &error {
            CredentialError::Missing | CredentialError::Malformed => Self::unauthorized(error),
            CredentialError::Token(token) => token_problem(token),
            CredentialError::OnlyForAccount => Self::forbidden(error),
        }
    }
}

fn token_problem(error: &TokenError) -> Problem {
    match error {
        TokenError::EmailNotVerified => Problem::forbidden(error),
        TokenError::KeysUnavailable => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "the keys of the token's issuer cannot be reached; try again",
        )
        .retry_after(5),
        _ => Problem::unauthorized(error),
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", error).retry_after(1)
            }
            PasswordError::TooManyFailures { seconds } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", error)
                    .retry_after(i64::from(seconds))
            }
            PasswordError::Store(error) => error.into(),
        }
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

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        Self::bad_request(error)
    }
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::UnknownRole(_) => {
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

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Store(error) => error.into(),
            ResolveError::InvalidToken => Self::unauthorized(error),
            ResolveError::UnknownPerson
            | ResolveError::NoMembership
            | ResolveError::NotAMember(_)
            | ResolveError::ChooseAccount => Self::forbidden(error),
        }
    }
}

impl From<TooManyWrites> for Problem {
    fn from(error: TooManyWrites) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", error).retry_after(error.0.resets_in)
    }
}

impl From<HeaderError> for Problem {
    fn from(error: HeaderError) -> Self {
        Self::bad_request(error)
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

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Forbidden | InviteError::AboveCeiling => Self::forbidden(error),
            InviteError::AlreadyMember(_) | InviteError::AlreadyInvited(_) => Self::repeated(error),
            InviteError::Store(error) => error.into(),
        }
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Forbidden => Self::forbidden(error),
            ViewError::NotFound => Self::not_found(error),
            ViewError::UnknownPlace => Self::bad_request(error),
            ViewError::Store(error) => error.into(),
        }
    }
}

impl From<RevokeError> for Problem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Forbidden | RevokeError::AboveCeiling => Self::forbidden(error),
            RevokeError::NotFound => Self::not_found(error),
            RevokeError::Store(error) => error.into(),
        }
    }
}

impl From<ResendError> for Problem {
    fn from(error: ResendError) -> Self {
        match error {
            ResendError::Forbidden | ResendError::AboveCeiling => Self::forbidden(error),
            ResendError::NotFound => Self::not_found(error),
            ResendError::AlreadyInvited(_) => Self::repeated(error),
            ResendError::TooSoon(rest) => {
                // Rounded up: whoever comes back after exactly this long is not told off again.
                let seconds = (rest.num_milliseconds() + 999) / 1000;
                Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", error).retry_after(seconds)
            }
            ResendError::Store(error) => error.into(),
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::NotFound => Self::not_found(error),
            AcceptError::NotProven(_) => Self::new(StatusCode::FORBIDDEN, "MailboxNotProven", error),
            AcceptError::Replaced => Self::gone("InvitationReplaced", error),
            AcceptError::Expired => Self::gone("InvitationExpired", error),
            AcceptError::Declined => Self::gone("InvitationDeclined", error),
            AcceptError::Revoked => Self::gone("InvitationRevoked", error),
            AcceptError::AlreadyAccepted => Self::gone("InvitationAccepted", error),
            AcceptError::AlreadyMember => Self::conflict("AlreadyMember", error),
            AcceptError::PasswordExists | AcceptError::SignsInElsewhere => {
                Self::conflict("LoginExists", error)
            }
            AcceptError::SponsorLostAuthority | AcceptError::UnknownPerson => Self::forbidden(error),
            AcceptError::Store(error) => error.into(),
        }
    }
}

impl From<DeclineError> for Problem {
    fn from(error: DeclineError) -> Self {
        match error {
            DeclineError::NotFound => Self::not_found(error),
            DeclineError::NotProven(_) => Self::new(StatusCode::FORBIDDEN, "MailboxNotProven", error),
            DeclineError::Replaced => Self::gone("InvitationReplaced", error),
            DeclineError::Ended(_) => Self::gone("InvitationEnded", error),
            DeclineError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::NotAMember(_) => Self::forbidden(error),
            SignInError::Store(error) => error.into(),
        }
    }
}
