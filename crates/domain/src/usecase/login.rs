//! How the owner of an address signs in: what the page offers, and what acceptance allows.

use crate::{
    person::Person,
    port::{StoreError, Tx, store::Known},
};

/// How somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Not yet: nobody has the address, or a person without a password who is in no account, as the command line makes
    /// them. Whoever reads the mailbox chooses the first password.
    None,
    /// With a password kept here.
    Password,
    /// Without one: a member of some account, who signs in at an issuer with rules of its own. A key from one account's
    /// mail must not become a password to the others.
    Elsewhere,
}

impl Login {
    /// Of the person with an address, if there is one.
    pub(super) fn of(tx: &mut dyn Tx, person: Option<&Person>) -> Result<Self, StoreError> {
        let Some(person) = person else { return Ok(Self::None) };
        if person.password.is_some() {
            return Ok(Self::Password);
        }
        Ok(if tx.memberships_of(person.id)?.is_empty() { Self::None } else { Self::Elsewhere })
    }

    /// As [`Self::of`], where the person's memberships are known already.
    pub(super) const fn of_known(known: Option<&Known>) -> Self {
        match known {
            None => Self::None,
            Some(known) if known.person.password.is_some() => Self::Password,
            Some(known) if known.memberships.is_empty() => Self::None,
            Some(_) => Self::Elsewhere,
        }
    }
}
