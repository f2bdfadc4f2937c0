use super::{
    MemoryTx,
    state::{present, unique},
};
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

    fn delete_person(&mut self, id: PersonId) -> Result<(), StoreError> {
        self.write(|state| {
            present(state.people.get(id.get()).is_some())?;
            state.people.retain(|person| person.id != id);
            state.memberships.retain(|(person, _), _| *person != id);
            state.access_tokens.retain(|(token, _)| token.person_id != id);
            state.known_networks.retain(|(person, _), _| *person != id);
            state.invitations.for_each(|invitation| {
                invitation.sponsor = invitation.sponsor.filter(|sponsor| *sponsor != id);
                invitation.closed_by = invitation.closed_by.filter(|closer| *closer != id);
            });
            Ok(())
        })
    }

    fn update_person(&mut self, person: &Person) -> Result<(), StoreError> {
        self.write(|state| {
            let stored =
                state.people.get_mut(person.id.get()).filter(|stored| stored.version == person.version);
            let stored = stored.ok_or(StoreError::Contended)?;
            stored.name = person.name.clone();
            stored.email_verified = person.email_verified;
            stored.password.clone_from(&person.password);
            stored.tokens_not_before = person.tokens_not_before;
            stored.version += 1;
            Ok(())
        })
    }
}
