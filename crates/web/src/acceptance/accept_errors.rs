//! Pages of acceptances that were rejected or failed.

use actix_web::http::StatusCode;
use usher_app::PasswordError;
use usher_domain::usecase::{accept::AcceptError, login::Login};

use super::{
    ended::Ended,
    failure,
    form_error::{Field, FormError},
    result_pages,
    sent_form::SentForm,
    sign_in::SignInFailure,
};
use crate::page::Page;

/// The visitor could not sign in.
pub(super) fn not_signed_in(sent: &SentForm<'_>, failure: SignInFailure) -> Page {
    match failure {
        SignInFailure::Address(error) => {
            let error = FormError::in_field(Field::OtherEmail, format!("The address {error}."));
            sent.again(&[error], StatusCode::UNPROCESSABLE_ENTITY)
        }
        SignInFailure::WrongCredentials => wrong_credentials(sent),
        SignInFailure::NotChecked(error) => not_checked(sent, &error),
    }
}

/// The password could be neither hashed nor checked.
pub(super) fn not_checked(sent: &SentForm<'_>, error: &PasswordError) -> Page {
    match error {
        PasswordError::Busy => failure::busy(),
        PasswordError::TooManyFailures { seconds } => {
            let seconds = i64::from(*seconds);
            let wait = failure::minutes(seconds);
            let message = format!("Too many logins have failed. Try again in {wait}.");
            let page = sent.again(&[FormError::of_form(message)], StatusCode::TOO_MANY_REQUESTS);
            page.retry_after(seconds)
        }
        PasswordError::Store(error) => failure::store(error),
    }
}

/// The use case rejected the acceptance. The link was open a moment ago: some of these errors are races.
pub(super) fn not_accepted(sent: &SentForm<'_>, error: AcceptError) -> Page {
    let (title, settings) = (&sent.open.opened.account_title, sent.request.settings);
    match error {
        AcceptError::NotFound | AcceptError::NotProven(_) => failure::unknown_link(),
        AcceptError::Replaced => Ended::Replaced.page(settings),
        AcceptError::Expired => Ended::Expired(title.clone()).page(settings),
        AcceptError::AlreadyAccepted => Ended::Accepted(title.clone()).page(settings),
        AcceptError::Declined => Ended::Declined(title.clone()).page(settings),
        AcceptError::Revoked => Ended::Revoked(title.clone()).page(settings),
        AcceptError::SponsorLostAuthority => result_pages::sponsor_lost_authority(title),
        AcceptError::AlreadyMember => result_pages::already_member(title, settings),
        AcceptError::PasswordExists => {
            let message = "This address already has a login. Sign in with its password.";
            sent.again_for_login(&[FormError::of_form(message)], StatusCode::CONFLICT)
        }
        AcceptError::SignsInElsewhere => {
            let message = "You already have a login with this address, but it has no password here. Accept the \
                 invitation in the program or site where you sign in with it.";
            sent.again(&[FormError::of_form(message)], StatusCode::CONFLICT)
        }
        // A principal of a form has no issuer.
        AcceptError::UnknownPerson | AcceptError::IssuerElsewhere => wrong_credentials(sent),
        AcceptError::Store(error) => failure::store(&error),
    }
}

/// An unknown address and a wrong password get the same page.
fn wrong_credentials(sent: &SentForm<'_>) -> Page {
    let opened = &sent.open.opened;
    let error = if opened.login == Login::Password && sent.form.has_address(&opened.invitation.email) {
        FormError::in_field(Field::Password, "Wrong password. Check it and try again.")
    } else {
        FormError::in_field(Field::OtherPassword, "Wrong email or password. Check both and try again.")
    };
    sent.again(&[error], StatusCode::UNAUTHORIZED)
}
