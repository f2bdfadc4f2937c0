use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use usher_app::{IdempotencyKey, LinkCaller, PasswordError, Render};
use usher_domain::{
    person::Password,
    principal::Credential,
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor},
        login::Login,
    },
};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{
    ended::Ended,
    failure,
    form::Form,
    form_error::{Field, FormError},
    invitation_page::{InvitationPage, form_again},
    open_link::OpenLink,
    outcome,
    page_request::PageRequest,
    settings::Settings,
    sign_in::{SignInFailure, sign_in},
};
use crate::page::Page;

/// Accepts an open invitation: as a newcomer, or with a login when the form carries an address.
pub(super) async fn accept(
    request: &PageRequest<'_>,
    open: &OpenLink,
    form: &Form,
    key: Result<Option<IdempotencyKey>, HeaderError>,
) -> Result<HttpResponse, Page> {
    let link = &open.link;
    let (caller, by) = if let Some(email) = form.get("email") {
        let signed_in = sign_in(request, form, email).await;
        let principal = signed_in.map_err(|failure| not_signed_in(request, open, form, failure))?;
        (LinkCaller::SignedIn(Credential::Principal(principal.clone())), Acceptor::Principal(principal))
    } else {
        let newcomer = newcomer(request, open, form).await?;
        (LinkCaller::Anonymous(Some(link.secure_id.clone())), newcomer)
    };
    let command = Accept { secure_id: link.secure_id.clone(), key: Some(link.key.clone()), by };
    let Parsed { request: call, not_understood } =
        usher_http_kit::call(request.context.clone(), caller, key, Ok::<_, Page>(command));
    let outcome = request.app.links().accept(call, render_accepted(request.settings)).await;
    Ok(failure::response(outcome, not_understood, |error| rejected(request, open, form, error)))
}

/// Renders a success.
pub(super) fn render_accepted(settings: &Settings) -> Render<Accepted> {
    let settings = settings.clone();
    Arc::new(move |accepted| outcome::accepted(accepted, &settings).answer())
}

/// Reads name and password of a newcomer, and hashes the password.
async fn newcomer(request: &PageRequest<'_>, open: &OpenLink, form: &Form) -> Result<Acceptor, Page> {
    // Checked here too, to hash nothing for a request that the use case would reject.
    match open.opened.login {
        Login::None => {}
        Login::Password => return Err(rejected(request, open, form, AcceptError::PasswordExists)),
        Login::Elsewhere => return Err(rejected(request, open, form, AcceptError::SignsInElsewhere)),
    }
    let name = DisplayText::parse(form.get("name").unwrap_or_default());
    let password = Password::parse(form.get("password").unwrap_or_default());
    let (name, password) = match (name, password) {
        (Ok(name), Ok(password)) => (name, password),
        (name, password) => {
            let name =
                name.err().map(|error| FormError::in_field(Field::Name, format!("Your name {error}.")));
            let password = password
                .err()
                .map(|error| FormError::in_field(Field::Password, format!("The password {error}.")));
            let errors: Vec<FormError> = name.into_iter().chain(password).collect();
            return Err(form_again(request, open, form, &errors, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let hashed = request.app.passwords().hash(&request.context, password).await;
    let password = hashed.map_err(|error| unchecked(request, open, form, &error))?;
    Ok(Acceptor::Newcomer { name, password })
}

fn not_signed_in(request: &PageRequest<'_>, open: &OpenLink, form: &Form, failure: SignInFailure) -> Page {
    match failure {
        SignInFailure::Address(error) => {
            let errors = [FormError::in_field(Field::OtherEmail, format!("The address {error}."))];
            form_again(request, open, form, &errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
        SignInFailure::WrongCredentials => wrong_credentials(request, open, form),
        SignInFailure::Unchecked(error) => unchecked(request, open, form, &error),
    }
}

/// An unknown address and a wrong password get the same page.
fn wrong_credentials(request: &PageRequest<'_>, open: &OpenLink, form: &Form) -> Page {
    let invited = open.opened.login == Login::Password && form.has_address(&open.opened.invitation.email);
    let error = if invited {
        FormError::in_field(Field::Password, "Wrong password. Check it and try again.")
    } else {
        FormError::in_field(Field::OtherPassword, "Wrong email or password. Check both and try again.")
    };
    form_again(request, open, form, &[error], StatusCode::UNAUTHORIZED)
}

/// The page of a password that was neither hashed nor checked.
fn unchecked(request: &PageRequest<'_>, open: &OpenLink, form: &Form, error: &PasswordError) -> Page {
    match error {
        PasswordError::Busy => failure::busy(),
        PasswordError::TooManyFailures { seconds } => {
            let minutes = failure::minutes((*seconds).into());
            let message = format!("Too many wrong passwords for this address. Try again in {minutes}.");
            form_again(request, open, form, &[FormError::of_form(message)], StatusCode::TOO_MANY_REQUESTS)
                .retry_after((*seconds).into())
        }
        PasswordError::Store(error) => failure::store(error),
    }
}

/// The link was open a moment ago: some of these are races.
fn rejected(request: &PageRequest<'_>, open: &OpenLink, form: &Form, error: AcceptError) -> Page {
    let (title, settings) = (&open.opened.account_title, request.settings);
    match error {
        AcceptError::NotFound | AcceptError::NotProven(_) => failure::unknown_link(),
        AcceptError::Replaced => Ended::Replaced.page(settings),
        AcceptError::Expired => Ended::Expired(title.clone()).page(settings),
        AcceptError::AlreadyAccepted => Ended::Accepted(title.clone()).page(settings),
        AcceptError::Declined => Ended::Declined(title.clone()).page(settings),
        AcceptError::Revoked => Ended::Revoked(title.clone()).page(settings),
        AcceptError::SponsorLostAuthority => outcome::sponsor_lost_authority(title),
        AcceptError::AlreadyMember => outcome::already_member(title, settings),
        AcceptError::PasswordExists => {
            let error = "There is a login for this address already. Sign in with its password.";
            InvitationPage::new(open, request.app.now())
                .for_login()
                .with_errors(form, &[FormError::of_form(error)])
                .page(StatusCode::CONFLICT)
        }
        AcceptError::SignsInElsewhere => {
            let error = "You have a login with this address already, without a password here. Accept the invitation with \
                 the program or site where you sign in with it.";
            form_again(request, open, form, &[FormError::of_form(error)], StatusCode::CONFLICT)
        }
        AcceptError::UnknownPerson => wrong_credentials(request, open, form),
        AcceptError::Store(error) => failure::store(&error),
    }
}
