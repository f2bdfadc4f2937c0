use super::{MemoryTx, state::unique};
use crate::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, Person},
    port::{
        StoreError,
        store::{Constraint, People},
    },
};

impl People for MemoryTx {
    fn insert_people(&mut self, people: &[NewPerson]) -> Result<Vec<Person>, StoreError> {
        self.write(|state| {
            let insert = |person: &NewPerson| {
                unique(state.people.has(|other| other.email == person.email), Constraint::PersonEmail)?;
                unique(state.people.has(|other| other.public_id == person.public_id), Constraint::RandomId)?;
                Ok(state.people.insert(|id| person.numbered(PersonId::new(id))))
            };
            people.iter().map(insert).collect()
        })
    }

    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.read(|state| Ok(state.people.get(id.get()).cloned()))
    }

    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError> {
        self.read(|state| Ok(state.people.find(|person| person.email == *email)))
    }

    fn update_person(&mut self, person: &Person) -> Result<(), StoreError> {
        self.write(|state| {
            let stored =
                state.people.get_mut(person.id.get()).filter(|stored| stored.version == person.version);
            let stored = stored.ok_or(StoreError::Contended)?;
            stored.name = person.name.clone();
            stored.email_verified = person.email_verified;
            stored.password.clone_from(&person.password);
            stored.version += 1;
            Ok(())
        })
    }
}
