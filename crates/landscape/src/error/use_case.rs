//! The errors of use cases.

use usher_domain::{
    outbox::MailRefusal,
    usecase::{
        accept::AcceptError, decline::DeclineError, invite::InviteError, resend::ResendError,
        revoke::RevokeError, sign_in::SignInError, view::ViewError,
    },
};

use super::Problem;

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Forbidden | InviteError::AboveCeiling => Self::forbidden(error),
            InviteError::AlreadyMember(_) | InviteError::AlreadyInvited(_) => Self::repeated(error),
            InviteError::Mail(refusal) => refusal.into(),
            InviteError::Store(error) => error.into(),
        }
    }
}

/// A limit is 429, and a recipient who wants no invitation is 403. Both say when a second attempt can succeed, if it can.
impl From<MailRefusal> for Problem {
    fn from(refusal: MailRefusal) -> Self {
        let problem = if refusal.is_by_recipient() {
            Self::forbidden(refusal)
        } else {
            Self::too_many_requests(refusal)
        };
        match refusal.retry_after() {
            Some(seconds) => problem.retry_after(seconds),
            None => problem,
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
                // Rounded up: a client that waits exactly this long is not rejected again.
                let seconds = (rest.num_milliseconds() + 999) / 1000;
                Self::too_many_requests(error).retry_after(seconds)
            }
            ResendError::Mail(refusal) => refusal.into(),
            ResendError::Store(error) => error.into(),
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::NotFound => Self::not_found(error),
            AcceptError::NotProven(_) => Self::not_proven(error),
            AcceptError::Replaced => Self::gone("InvitationReplaced", error),
            AcceptError::Expired => Self::gone("InvitationExpired", error),
            AcceptError::Declined => Self::gone("InvitationDeclined", error),
            AcceptError::Revoked => Self::gone("InvitationRevoked", error),
            AcceptError::AlreadyAccepted => Self::gone("InvitationAccepted", error),
            AcceptError::AlreadyMember => Self::conflict("AlreadyMember", error),
            AcceptError::PasswordExists | AcceptError::SignsInElsewhere => {
                Self::conflict("LoginExists", error)
            }
            AcceptError::SponsorLostAuthority | AcceptError::UnknownPerson | AcceptError::IssuerElsewhere => {
                Self::forbidden(error)
            }
            AcceptError::Store(error) => error.into(),
        }
    }
}

impl From<DeclineError> for Problem {
    fn from(error: DeclineError) -> Self {
        match error {
            DeclineError::NotFound => Self::not_found(error),
            DeclineError::NotProven(_) => Self::not_proven(error),
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
