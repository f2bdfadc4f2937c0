use diesel::{dsl::auto_type, prelude::*};

use super::each;
use crate::{
    connection::AnyConnection,
    rows::{AccessTokenRow, AccountRow, MembershipRow, PersonRow},
    schema::{access_token, account, membership, person},
};

/// A person with the person's memberships.
pub(crate) type KnownRows = (PersonRow, Vec<(MembershipRow, AccountRow)>);

/// A token with everything that belongs to it.
pub(crate) type HolderRows = (AccessTokenRow, AccountRow, PersonRow, MembershipRow);

#[auto_type(no_type_alias)]
fn holders() -> _ {
    let membership_of_token = membership::account_id
        .eq(access_token::account_id)
        .and(membership::person_id.eq(access_token::person_id));
    access_token::table
        .inner_join(account::table.on(account::id.eq(access_token::account_id)))
        .inner_join(person::table.on(person::id.eq(access_token::person_id)))
        .inner_join(membership::table.on(membership_of_token))
}

/// The people with these keys of addresses, and their memberships by the account's number.
pub(crate) fn known(connection: &mut AnyConnection, keys: &[&str]) -> QueryResult<Vec<KnownRows>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let rows = person::table
                .left_join(membership::table.inner_join(account::table))
                .filter(person::email_key.eq_any(keys))
                .order((person::id, membership::account_id))
                .select(<(PersonRow, Option<(MembershipRow, AccountRow)>)>::as_select())
                .load(connection)?;
            let mut people: Vec<KnownRows> = Vec::new();
            for (person, member) in rows {
                match people.last_mut() {
                    Some((last, members)) if last.email_key() == person.email_key() => members.extend(member),
                    _ => people.push((person, member.into_iter().collect())),
                }
            }
            Ok(people)
        }
        // A join whose other side is a join is made of whole tables there.
        AnyConnection::Sqlite(connection) => each(keys, |key| {
            let person = person::table.filter(person::email_key.eq(key)).select(PersonRow::as_select());
            let Some(person): Option<PersonRow> = person.get_result(connection).optional()? else {
                return Ok(Vec::new());
            };
            let members = membership::table
                .inner_join(account::table)
                .filter(membership::person_id.eq(person.number()))
                .order(membership::account_id)
                .select(<(MembershipRow, AccountRow)>::as_select())
                .load(connection)?;
            Ok(vec![(person, members)])
        }),
    }
}

/// The tokens with these digests, each with its digest.
pub(crate) fn token_holders(
    connection: &mut AnyConnection,
    digests: &[&str],
) -> QueryResult<Vec<(String, HolderRows)>> {
    match connection {
        AnyConnection::Postgres(connection) => holders()
            .filter(access_token::digest.eq_any(digests))
            .select((access_token::digest, HolderRows::as_select()))
            .load(connection),
        AnyConnection::Sqlite(connection) => each(digests, |digest| {
            holders()
                .filter(access_token::digest.eq(digest))
                .select((access_token::digest, HolderRows::as_select()))
                .load(connection)
        }),
    }
}
