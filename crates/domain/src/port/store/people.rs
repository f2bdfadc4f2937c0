use super::StoreError;
use crate::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, Person},
};

/// People.
pub trait People {
    /// Writes a new one, version 0. `Conflict(PersonEmail)` when the address is taken.
    fn insert_person(&mut self, person: &NewPerson) -> Result<Person, StoreError>;
    /// By number.
    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError>;
    /// By address, compared by its key.
    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError>;
    /// Writes name, verification and password of a person read in this unit, and counts its version up. `Contended`
    /// when the stored version is another one.
    fn update_person(&mut self, person: &Person) -> Result<(), StoreError>;
}
