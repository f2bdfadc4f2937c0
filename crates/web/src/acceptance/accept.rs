use actix_web::http::StatusCode;
use usher_domain::{
    address::EmailAddress,
    person::{Password, Person},
    principal::Principal,
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Acceptor, accept as accept_invitation},
        login::Login,
    },
};

use super::{
    answer::again,
    ended,
    form::Form,
    message,
    mistake::{Field, Mistake},
    open::OpenPage,
    visit::Visit,
};
use crate::http::{page::Page, passwords::PasswordError, state::AppState};

/// Accepts: as a newcomer, or with a login when the form carries an address.
pub(super) async fn accept(state: &AppState, visit: &Visit, form: &Form) -> Result<Page, Page> {
    let by = match form.get("email") {
        Some(email) => sign_in(state, visit, form, email).await?,
        None => newcomer(state, visit, form).await?,
    };
    let link = visit.link.clone();
    let command = Accept { secure_id: link.secure_id, key: Some(link.key), by };
    let done = state.gate.run(move |store, env| {
        store.write::<_, AcceptError>("page.accept", |tx| accept_invitation(tx, env, &command))
    });
    match done.await {
        Ok(accepted) => Ok(ended::accepted(&accepted, state.continue_url.as_ref())),
        Err(error) => Err(refused(state, visit, form, error)),
    }
}

/// Somebody without a login, who chooses one.
async fn newcomer(state: &AppState, visit: &Visit, form: &Form) -> Result<Acceptor, Page> {
    // No need to hash anything for what the use case would refuse.
    match visit.open.login {
        Login::None => {}
        Login::Password => return Err(refused(state, visit, form, AcceptError::PasswordExists)),
        Login::Elsewhere => return Err(refused(state, visit, form, AcceptError::SignsInElsewhere)),
    }
    let name = DisplayText::parse(form.get("name").unwrap_or_default());
    let password = Password::parse(form.get("password").unwrap_or_default());
    let (name, password) = match (name, password) {
        (Ok(name), Ok(password)) => (name, password),
        (name, password) => {
            let name = name.err().map(|error| Mistake::at(Field::Name, format!("Your name {error}.")));
            let password =
                password.err().map(|error| Mistake::at(Field::Password, format!("The password {error}.")));
            let mistakes: Vec<Mistake> = name.into_iter().chain(password).collect();
            return Err(again(state, visit, form, &mistakes, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let hashed = state.passwords.hash(password).await;
    let password = hashed.map_err(|error| unchecked(state, visit, form, &error))?;
    Ok(Acceptor::Newcomer { name, password })
}

/// Somebody with a login: under the invited address or another one.
async fn sign_in(state: &AppState, visit: &Visit, form: &Form, email: &str) -> Result<Acceptor, Page> {
    let address = EmailAddress::parse(email).map_err(|error| {
        let mistakes = [Mistake::at(Field::OtherEmail, format!("The address {error}."))];
        again(state, visit, form, &mistakes, StatusCode::UNPROCESSABLE_ENTITY)
    })?;
    let invited = visit.open.login == Login::Password && address == visit.open.invitation.email;
    let presented = form.get("password").unwrap_or_default().to_owned();
    let person = state.passwords.sign_in(&state.gate, Some(address), presented).await;
    let person = person.map_err(|error| unchecked(state, visit, form, &error))?;
    let person = person.ok_or_else(|| wrong(state, visit, form, invited))?;
    Ok(Acceptor::Principal(principal(person)))
}

/// Nothing can be said about the password.
fn unchecked(state: &AppState, visit: &Visit, form: &Form, error: &PasswordError) -> Page {
    match error {
        PasswordError::Busy => message::busy(),
        PasswordError::TooManyFailures { .. } => {
            let mistakes = [Mistake::anywhere(format!("There were {error}."))];
            again(state, visit, form, &mistakes, StatusCode::TOO_MANY_REQUESTS)
        }
        PasswordError::Store(error) => message::store(error),
    }
}

/// Nothing but the key is to prove the mailbox here: a link that was replaced in between must not work because the
/// address was proven another time.
fn principal(person: Person) -> Principal {
    Principal {
        email: person.email,
        email_verified: false,
        person_id: Some(person.id),
        account: None,
        name: Some(person.name),
    }
}

/// An unknown address and a wrong password are one answer.
fn wrong(state: &AppState, visit: &Visit, form: &Form, invited: bool) -> Page {
    let mistake = if invited {
        Mistake::at(Field::Password, "This is not the password of the login with that address.")
    } else {
        Mistake::at(Field::OtherPassword, "There is no login with this address and this password.")
    };
    again(state, visit, form, &[mistake], StatusCode::UNAUTHORIZED)
}

/// The link was open a moment ago, so some of these are races.
fn refused(state: &AppState, visit: &Visit, form: &Form, error: AcceptError) -> Page {
    let (title, onward) = (&visit.open.account_title, state.continue_url.as_ref());
    match error {
        AcceptError::NotFound | AcceptError::NotProven(_) => message::unknown(),
        AcceptError::Replaced => ended::replaced(),
        AcceptError::Expired => ended::expired(title),
        AcceptError::AlreadyAccepted => ended::used(title, onward),
        AcceptError::Declined => ended::declined_before(title),
        AcceptError::Revoked => ended::revoked(title),
        AcceptError::SponsorLostAuthority => ended::without_sponsor(title),
        AcceptError::AlreadyMember => ended::already_member(title, onward),
        AcceptError::PasswordExists => {
            let mistakes =
                [Mistake::anywhere("There is a login for this address already. Sign in with its password.")];
            OpenPage::new(visit, state.gate.env().now())
                .for_login()
                .again(form, &mistakes)
                .page(StatusCode::CONFLICT)
        }
        AcceptError::SignsInElsewhere => {
            let mistakes = [Mistake::anywhere(
                "You have a login with this address already, without a password here. Accept the invitation with \
                 the program or site where you sign in with it.",
            )];
            again(state, visit, form, &mistakes, StatusCode::CONFLICT)
        }
        AcceptError::UnknownPerson => wrong(state, visit, form, false),
        AcceptError::Store(error) => message::store(&error),
    }
}
