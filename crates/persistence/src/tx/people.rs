use std::collections::HashMap;

use diesel::prelude::*;
use usher_domain::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, PasswordHash, Person},
    port::{StoreError, store::People},
};

use super::{DieselTx, exactly};
use crate::{
    insertion::insert_numbered,
    rows::{NewPersonRow, PersonRow, read_optional},
    schema::person,
};

impl People for DieselTx<'_> {
    fn insert_people(&mut self, people: &[NewPerson]) -> Result<Vec<Person>, StoreError> {
        let rows: Vec<NewPersonRow<'_>> = people.iter().map(NewPersonRow::from).collect();
        self.write(|connection| {
            let written = insert_numbered(connection, &rows)?;
            let numbers: HashMap<&str, i64> =
                written.iter().map(|(id, public_id)| (public_id.as_str(), *id)).collect();
            let numbered = |new: &NewPerson| {
                let number = numbers.get(new.public_id.as_str()).copied();
                let number = number.ok_or_else(|| StoreError::defect("an inserted person has no number"))?;
                Ok(new.numbered(PersonId::new(number)))
            };
            people.iter().map(numbered).collect()
        })
    }

    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.read(|connection| {
            let row = person::table.find(id.get()).select(PersonRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError> {
        self.read(|connection| {
            let row = person::table.filter(person::email_key.eq(email.key())).select(PersonRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn delete_person(&mut self, id: PersonId) -> Result<(), StoreError> {
        self.write(|connection| exactly(1, diesel::delete(person::table.find(id.get())).execute(connection)?))
    }

    fn update_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let read = person::table.find(person.id.get()).filter(person::version.eq(person.version));
        self.write(|connection| {
            let updated = diesel::update(read)
                .set((
                    person::name.eq(person.name.as_str()),
                    person::email_verified.eq(person.email_verified),
                    person::password_hash.eq(person.password.as_ref().map(PasswordHash::as_str)),
                    person::tokens_not_before.eq(person.tokens_not_before.map(|moment| moment.naive_utc())),
                    person::version.eq(person::version + 1),
                ))
                .execute(connection)?;
            exactly(1, updated)
        })
    }
}
