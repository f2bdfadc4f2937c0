//! The person: somebody with an e-mail address who can sign in and be a member of accounts.

mod password;

pub use password::{
    MAX_OCTETS as MAX_PASSWORD_OCTETS, MIN_CHARACTERS as MIN_PASSWORD_CHARACTERS, Password, PasswordError,
    PasswordHash,
};

use crate::{Timestamp, account::PublicId, address::EmailAddress, id::PersonId, text::DisplayText};

/// Somebody known to Usher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number of the row; Landscape's claim `id`.
    pub id: PersonId,
    /// Fastly's user id.
    pub public_id: PublicId,
    /// Unique by its key.
    pub email: EmailAddress,
    /// Whether the mailbox was ever proven: by a key from an invitation mail, by a trusted issuer's verified claim, or
    /// by the operator who made the person on the command line.
    pub email_verified: bool,
    /// What others read.
    pub name: DisplayText,
    /// Present when the person signs in with a password kept here.
    pub password: Option<PasswordHash>,
    /// When the person was made.
    pub created_at: Timestamp,
    /// Compared and set by every update.
    pub version: i64,
}

/// A person that the store has not numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Fastly's user id.
    pub public_id: PublicId,
    /// Unique by its key.
    pub email: EmailAddress,
    /// See [`Person::email_verified`].
    pub email_verified: bool,
    /// What others read.
    pub name: DisplayText,
    /// See [`Person::password`].
    pub password: Option<PasswordHash>,
    /// When the person is made.
    pub created_at: Timestamp,
}

impl NewPerson {
    /// As the person is when the store has given the number.
    #[must_use]
    pub fn numbered(&self, id: PersonId) -> Person {
        Person {
            id,
            public_id: self.public_id.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            name: self.name.clone(),
            password: self.password.clone(),
            created_at: self.created_at,
            version: 0,
        }
    }
}
