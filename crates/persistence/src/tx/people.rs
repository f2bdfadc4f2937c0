use diesel::prelude::*;
use usher_domain::{
    address::EmailAddress,
    id::PersonId,
    person::{NewPerson, PasswordHash, Person},
    port::{StoreError, store::People},
};

use super::{DieselTx, exactly_one};
use crate::{
    connection::MultiBackend,
    rows::{NewPersonRow, PersonRow, one},
    schema::person,
};

impl People for DieselTx<'_> {
    fn insert_person(&mut self, person: &NewPerson) -> Result<Person, StoreError> {
        self.write(|connection| {
            let row: PersonRow = diesel::insert_into(person::table)
                .values(NewPersonRow::from(person))
                .returning(<PersonRow as Selectable<MultiBackend>>::construct_selection())
                .get_result(connection)?;
            Ok(row.try_into()?)
        })
    }

    fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.read(|connection| {
            let row = person::table.find(id.get()).select(PersonRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn person_by_email(&mut self, email: &EmailAddress) -> Result<Option<Person>, StoreError> {
        self.read(|connection| {
            let row = person::table.filter(person::email_key.eq(email.key())).select(PersonRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn update_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let read = person::table.find(person.id.get()).filter(person::version.eq(person.version));
        self.write(|connection| {
            let updated = diesel::update(read)
                .set((
                    person::name.eq(person.name.as_str()),
                    person::email_verified.eq(person.email_verified),
                    person::password_hash.eq(person.password.as_ref().map(PasswordHash::as_str)),
                    person::version.eq(person::version + 1),
                ))
                .execute(connection)?;
            exactly_one(updated)
        })
    }
}
