use std::slice;

use super::StoreError;
use crate::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, Person},
};

/// People.
pub trait People {
    /// Writes a new one, version 0. `Conflict(PersonEmail)` when the address is taken.
    fn insert_person(&mut self, person: &NewPerson) -> Result<Person, StoreError> {
        let written = self.insert_people(slice::from_ref(person))?;
        written.into_iter().next().ok_or(StoreError::Contended)
    }
    /// As [`Self::insert_person`], for several, each in its place: all are written, or none.
    fn insert_people(&mut self, people: &[NewPerson]) -> Result<Vec<Person>, StoreError>;
    /// By number.
    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError>;
    /// By address, compared by its key.
    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError>;
    /// Writes name, verification and password of a person read in this unit, and counts its version up. `Contended`
    /// when the stored version is another one.
    fn update_person(&mut self, person: &Person) -> Result<(), StoreError>;
}
