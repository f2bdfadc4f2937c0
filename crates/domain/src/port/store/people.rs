use std::slice;

use super::StoreError;
use crate::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, Person},
};

/// People.
pub trait People {
    /// Inserts a person with version 0. `Conflict(PersonEmail)` when the address is taken.
    fn insert_person(&mut self, person: &NewPerson) -> Result<Person, StoreError> {
        let written = self.insert_people(slice::from_ref(person))?;
        written.into_iter().next().ok_or_else(|| StoreError::defect("an inserted person is missing"))
    }
    /// As [`Self::insert_person`], for several, in the given order: all are inserted, or none.
    fn insert_people(&mut self, people: &[NewPerson]) -> Result<Vec<Person>, StoreError>;
    /// By number.
    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError>;
    /// By address, compared by its key.
    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError>;
    /// Deletes a person with memberships and access tokens. Invitations lose their reference to the person. `Contended` when
    /// there is no such person.
    fn delete_person(&mut self, id: PersonId) -> Result<(), StoreError>;
    /// Updates name, verification, password and the moment of the tokens of a person that this unit has read, and increments the version. `Contended`
    /// when the stored version differs.
    fn update_person(&mut self, person: &Person) -> Result<(), StoreError>;
}
