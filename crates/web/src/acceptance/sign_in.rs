use usher_app::PasswordError;
use usher_domain::{
    address::{AddressError, EmailAddress},
    principal::Principal,
    usecase::attempt_sign_in::ProvenPerson,
};

use super::{form::Form, page_request::PageRequest};

/// Why a visitor could not sign in.
pub(super) enum SignInFailure {
    /// The address is malformed.
    Address(AddressError),
    /// Unknown address or wrong password: the two are one case, so that a visitor cannot tell who has a login.
    WrongCredentials,
    /// The password could not be checked.
    NotChecked(PasswordError),
}

/// Signs in with the address and the password of a form.
pub(super) async fn sign_in(
    request: &PageRequest<'_>,
    form: &Form,
    email: &str,
) -> Result<Principal, SignInFailure> {
    let address = EmailAddress::parse(email).map_err(SignInFailure::Address)?;
    let password = form.get("password").unwrap_or_default().to_owned();
    let proven =
        request.app.passwords().sign_in(&request.context, request.client, Some(address), password).await;
    let proven = proven.map_err(SignInFailure::NotChecked)?;
    proven.map(principal).ok_or(SignInFailure::WrongCredentials)
}

/// The principal's address counts as unverified, so that only the key proves the mailbox: a link that was replaced must not work
/// because the person verified the same address before.
fn principal(ProvenPerson { person, at }: ProvenPerson) -> Principal {
    Principal {
        email: person.email,
        email_verified: false,
        person_id: Some(person.id),
        account: None,
        accounts: None,
        // The password is the proof, and no token.
        issued_at: Some(at),
        name: Some(person.name),
    }
}
