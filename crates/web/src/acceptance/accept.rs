use actix_web::{HttpResponse, http::StatusCode};
use usher_app::{IdempotencyKey, LinkCaller, PersonalWords};
use usher_domain::{
    person::Password,
    principal::Credential,
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Acceptor},
        login::Login,
    },
};
use usher_http_kit::{Parsed, idempotency_key::HeaderError};

use super::{
    accept_errors::{not_accepted, not_checked, not_signed_in},
    failure,
    form_error::{Field, FormError},
    receipt,
    sent_form::SentForm,
    sign_in::sign_in,
};
use crate::page::Page;

/// Accepts an open invitation: with a login if the form carries an address, otherwise as a newcomer.
pub(super) async fn accept(
    sent: &SentForm<'_>,
    key: Result<Option<IdempotencyKey>, HeaderError>,
) -> Result<HttpResponse, Page> {
    let (request, link) = (sent.request, &sent.open.link);
    let (caller, by) = if let Some(email) = sent.form.get("email") {
        let signed_in = sign_in(request, sent.form, email).await;
        let principal = signed_in.map_err(|failure| not_signed_in(sent, failure))?;
        (LinkCaller::SignedIn(Credential::Principal(principal.clone())), Acceptor::Principal(principal))
    } else {
        (LinkCaller::Anonymous(Some(link.secure_id.clone())), newcomer(sent).await?)
    };
    let command = Accept { secure_id: link.secure_id.clone(), key: Some(link.key.clone()), by };
    let Parsed { input: call, not_understood } =
        usher_http_kit::call(request.context.clone(), caller, key, Ok::<_, Page>(command));
    let outcome = request.app.links().accept(call, receipt::render()).await;
    let response = failure::response(outcome, not_understood, |error| not_accepted(sent, error));
    Ok(receipt::located(request, &link.secure_id, response))
}

/// Reads the name and the password of a newcomer, and hashes the password.
async fn newcomer(sent: &SentForm<'_>) -> Result<Acceptor, Page> {
    // The use case checks this too. Checking it here first avoids hashing a password in vain.
    match sent.open.opened.login {
        Login::None => {}
        Login::Password => return Err(not_accepted(sent, AcceptError::PasswordExists)),
        Login::Elsewhere => return Err(not_accepted(sent, AcceptError::SignsInElsewhere)),
    }
    let (name, password) = name_and_password(sent).await?;
    let hashed = sent.request.app.passwords().hash(password).await;
    let password = hashed.map_err(|error| not_checked(sent, &error))?;
    Ok(Acceptor::Newcomer { name, password })
}

async fn name_and_password(sent: &SentForm<'_>) -> Result<(DisplayText, Password), Page> {
    let field = |name| sent.form.get(name).unwrap_or_default();
    let invited = &sent.open.opened;
    let (email, title) = (invited.invitation.email.as_str(), invited.account_title.as_str());
    let personal = PersonalWords::of([email, title, field("name")]);
    let chosen = field("password").to_owned();
    let choice = sent.request.app.passwords().choose(move |rules| rules.check(&chosen, &personal)).await;
    let password = choice.map_err(|error| not_checked(sent, &error))?;
    match (DisplayText::parse(field("name")), password) {
        (Ok(name), Ok(password)) => Ok((name, password)),
        (name, password) => {
            let name = name.err().map(|error| (Field::Name, format!("Your name {error}.")));
            let password = password.err().map(|error| (Field::Password, format!("The password {error}.")));
            let errors = name.into_iter().chain(password);
            let errors: Vec<_> = errors.map(|(field, message)| FormError::in_field(field, message)).collect();
            Err(sent.again(&errors, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}
