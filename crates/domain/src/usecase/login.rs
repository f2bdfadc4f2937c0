//! How the owner of an address signs in. It decides what the acceptance page offers and what acceptance allows.

use crate::{
    person::Person,
    port::{StoreError, Tx, store::PersonWithMemberships},
};

/// How the owner of an address signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Not at all: no person has the address, or the person has no password and no account, as when created at the
    /// command line. The reader of the mailbox chooses the first password.
    None,
    /// With a password in Usher.
    Password,
    /// At an issuer: the owner is a member of an account and has no password in Usher. The key from one account's mail
    /// must not set a password that opens the others.
    Elsewhere,
}

impl Login {
    /// The login of the person with an address, if there is a person.
    pub(super) fn of_person(tx: &mut dyn Tx, person: Option<&Person>) -> Result<Self, StoreError> {
        let Some(person) = person else { return Ok(Self::None) };
        if person.password.is_some() {
            return Ok(Self::Password);
        }
        Ok(if tx.memberships_of(person.id)?.is_empty() { Self::None } else { Self::Elsewhere })
    }

    /// As [`Self::of_person`], for a person whose memberships were loaded.
    pub(super) const fn of_known_person(known: Option<&PersonWithMemberships>) -> Self {
        match known {
            None => Self::None,
            Some(known) if known.person.password.is_some() => Self::Password,
            Some(known) if known.memberships.is_empty() => Self::None,
            Some(_) => Self::Elsewhere,
        }
    }
}
