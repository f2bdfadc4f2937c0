//! Values of the domain from literals that the test's author knows to be valid.

use std::fmt::Debug;

use crate::{
    account::AccountName,
    address::EmailAddress,
    principal::{Credential, Principal},
    role::Grant,
    text::DisplayText,
};

/// An e-mail address.
///
/// # Panics
/// When the text is not an address.
#[must_use]
#[track_caller]
pub fn email(text: &str) -> EmailAddress {
    valid(EmailAddress::parse(text))
}

/// A name or title.
///
/// # Panics
/// When the text cannot be displayed.
#[must_use]
#[track_caller]
pub fn text(text: &str) -> DisplayText {
    valid(DisplayText::parse(text))
}

/// The name of an account.
///
/// # Panics
/// When the text is not a slug.
#[must_use]
#[track_caller]
pub fn account_name(text: &str) -> AccountName {
    valid(AccountName::parse(text))
}

/// A grant of built-in roles in the whole account.
///
/// # Panics
/// When a role does not exist, or when `roles` is empty.
#[must_use]
#[track_caller]
pub fn grant<const N: usize>(roles: [&str; N]) -> Grant {
    valid(Grant::of_roles(roles))
}

/// A principal whose issuer does not vouch for the mailbox.
///
/// # Panics
/// When the text is not an address.
#[must_use]
#[track_caller]
pub fn principal(address: &str) -> Principal {
    Principal {
        email: email(address),
        email_verified: false,
        person_id: None,
        account: None,
        accounts: None,
        issued_at: None,
        name: None,
    }
}

/// A principal whose issuer vouches for the mailbox.
///
/// # Panics
/// When the text is not an address.
#[must_use]
#[track_caller]
pub fn verified(address: &str) -> Principal {
    Principal { email_verified: true, ..principal(address) }
}

/// The credential of a [`verified`] principal.
///
/// # Panics
/// When the text is not an address.
#[must_use]
#[track_caller]
pub fn credential(address: &str) -> Credential {
    Credential::Principal(verified(address))
}

#[track_caller]
pub(super) fn valid<T, E: Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("a test set up something that is not valid: {error:?}"),
    }
}
