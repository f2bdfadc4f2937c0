use diesel::{dsl::auto_type, prelude::*};

use super::keys::rows_of_each_key;
use crate::{
    connection::AnyConnection,
    rows::{AccessTokenRow, AccountRow, MembershipRow, PersonRow},
    schema::{access_token, account, membership, person},
};

/// A person and the person's memberships, each with its account.
pub(crate) type PersonRows = (PersonRow, Vec<(MembershipRow, AccountRow)>);

/// An access token, its account, its person and the membership of both.
pub(crate) type TokenHolderRows = (AccessTokenRow, AccountRow, PersonRow, MembershipRow);

#[auto_type(no_type_alias)]
fn tokens_with_holders() -> _ {
    let membership_of_token = membership::account_id
        .eq(access_token::account_id)
        .and(membership::person_id.eq(access_token::person_id));
    access_token::table
        .inner_join(account::table.on(account::id.eq(access_token::account_id)))
        .inner_join(person::table.on(person::id.eq(access_token::person_id)))
        .inner_join(membership::table.on(membership_of_token))
}

/// The people with these address keys, each with the memberships in the order of the accounts' numbers.
pub(crate) fn people_with_memberships(
    connection: &mut AnyConnection,
    keys: &[&str],
) -> QueryResult<Vec<PersonRows>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let rows = person::table
                .left_join(membership::table.inner_join(account::table))
                .filter(person::email_key.eq_any(keys))
                .order((person::id, membership::account_id))
                .select(<(PersonRow, Option<(MembershipRow, AccountRow)>)>::as_select())
                .load(connection)?;
            let mut people: Vec<PersonRows> = Vec::new();
            for (person, member) in rows {
                match people.last_mut() {
                    Some((last, members)) if last.email_key() == person.email_key() => members.extend(member),
                    _ => people.push((person, member.into_iter().collect())),
                }
            }
            Ok(people)
        }
        // SQLite reads whole tables for a join whose other side is a join.
        AnyConnection::Sqlite(connection) => rows_of_each_key(keys, |key| {
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

/// The access tokens with these digests, each after its digest.
pub(crate) fn token_holders(
    connection: &mut AnyConnection,
    digests: &[&str],
) -> QueryResult<Vec<(String, TokenHolderRows)>> {
    match connection {
        AnyConnection::Postgres(connection) => tokens_with_holders()
            .filter(access_token::digest.eq_any(digests))
            .select((access_token::digest, TokenHolderRows::as_select()))
            .load(connection),
        AnyConnection::Sqlite(connection) => rows_of_each_key(digests, |digest| {
            tokens_with_holders()
                .filter(access_token::digest.eq(digest))
                .select((access_token::digest, TokenHolderRows::as_select()))
                .load(connection)
        }),
    }
}
