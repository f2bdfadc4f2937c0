//! The person: a human with an e-mail address, who can be a member of accounts.

mod password;

pub use password::{
    MAX_OCTETS as MAX_PASSWORD_OCTETS, MIN_CHARACTERS as MIN_PASSWORD_CHARACTERS, Password, PasswordHash,
    PasswordLengthError,
};

use chrono::{DurationRound as _, TimeDelta};

use crate::{Timestamp, account::PublicId, address::EmailAddress, id::PersonId, text::DisplayText};

/// A stored person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number of the row; Landscape's claim `id`.
    pub id: PersonId,
    /// Fastly's user id.
    pub public_id: PublicId,
    /// The address. Its key is unique.
    pub email: EmailAddress,
    /// Whether the mailbox was proven: by the key of an invitation mail, by a verified claim of a trusted issuer, or by the
    /// operator who created the person.
    pub email_verified: bool,
    /// The name that others see.
    pub name: DisplayText,
    /// The hash of the password, for a person who signs in with a password in Usher.
    pub password: Option<PasswordHash>,
    /// Tokens that were issued before this moment are rejected. It is a whole second, as the times in tokens are.
    pub tokens_not_before: Option<Timestamp>,
    /// When the person was created.
    pub created_at: Timestamp,
    /// Compared and incremented by every update.
    pub version: i64,
}

/// The member who invites, as the invitee sees them. A name can be anybody's, so the address stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviter {
    /// The name that others see.
    pub name: DisplayText,
    /// The address.
    pub email: EmailAddress,
}

impl From<Person> for Inviter {
    fn from(person: Person) -> Self {
        Self { name: person.name, email: person.email }
    }
}

impl Person {
    /// Ends every token that was issued until now, including those of this second.
    pub(crate) fn end_tokens(&mut self, now: Timestamp) {
        let next_second = now + TimeDelta::seconds(1);
        let next_second = next_second.duration_trunc(TimeDelta::seconds(1)).unwrap_or(next_second);
        self.tokens_not_before = self.tokens_not_before.max(Some(next_second));
    }

    /// Whether a token of this person that was issued then is still valid. Once the person's tokens have been ended, a token
    /// without a time of issue is not.
    #[must_use]
    pub fn accepts_token(&self, issued_at: Option<Timestamp>) -> bool {
        self.tokens_not_before.is_none_or(|moment| issued_at.is_some_and(|issued_at| issued_at >= moment))
    }
}

/// A person to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Fastly's user id.
    pub public_id: PublicId,
    /// The address. Its key is unique.
    pub email: EmailAddress,
    /// See [`Person::email_verified`].
    pub email_verified: bool,
    /// The name that others see.
    pub name: DisplayText,
    /// See [`Person::password`].
    pub password: Option<PasswordHash>,
    /// When the person is created.
    pub created_at: Timestamp,
}

impl NewPerson {
    /// The stored person, with the number that the store assigned.
    #[must_use]
    pub fn numbered(&self, id: PersonId) -> Person {
        Person {
            id,
            public_id: self.public_id.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            name: self.name.clone(),
            password: self.password.clone(),
            tokens_not_before: None,
            created_at: self.created_at,
            version: 0,
        }
    }
}
