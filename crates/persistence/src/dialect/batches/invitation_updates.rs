use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamp, Untyped},
};

use super::pg_statement::pg_statement;
use crate::{connection::AnyConnection, rows::ChangedInvitationRow, schema::invitation};

/// Updates the invitations whose version is still the one that was read, and increments their versions. Returns their number.
pub(crate) fn update_invitations(
    connection: &mut AnyConnection,
    changed: &[ChangedInvitationRow],
) -> QueryResult<usize> {
    match connection {
        AnyConnection::Postgres(connection) => UpdateInvitations::of(changed).execute(connection),
        AnyConnection::Sqlite(connection) => {
            let mut updated = 0;
            for row in changed {
                let read = invitation::table
                    .find(row.id)
                    .filter(invitation::account_id.eq(row.account_id))
                    .filter(invitation::version.eq(row.version));
                updated += diesel::update(read)
                    .set((
                        invitation::status.eq(row.status),
                        invitation::sponsor.eq(row.sponsor),
                        invitation::generation.eq(row.generation),
                        invitation::closed_at.eq(row.closed_at),
                        invitation::closed_by.eq(row.closed_by),
                        invitation::updated_at.eq(row.updated_at),
                        invitation::sent_at.eq(row.sent_at),
                        invitation::expires_at.eq(row.expires_at),
                        invitation::version.eq(invitation::version + 1),
                    ))
                    .execute(connection)?;
            }
            Ok(updated)
        }
    }
}

pg_statement! {
    /// The second of two concurrent updates of a row finds another version and changes nothing.
    struct UpdateInvitations<'a> -> Untyped;
    "UPDATE invitation SET status = new.status, sponsor = new.sponsor, generation = new.generation, \
     closed_at = new.closed_at, closed_by = new.closed_by, updated_at = new.updated_at, sent_at = new.sent_at, \
     expires_at = new.expires_at, version = invitation.version + 1 FROM unnest(",
    ids: Vec<i64> as Array<BigInt>, "::bigint[], ",
    accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
    versions: Vec<i64> as Array<BigInt>, "::bigint[], ",
    statuses: Vec<&'a str> as Array<Text>, "::text[], ",
    sponsors: Vec<Option<i64>> as Array<Nullable<BigInt>>, "::bigint[], ",
    generations: Vec<i64> as Array<BigInt>, "::bigint[], ",
    closed: Vec<Option<NaiveDateTime>> as Array<Nullable<Timestamp>>, "::timestamp[], ",
    closed_by: Vec<Option<i64>> as Array<Nullable<BigInt>>, "::bigint[], ",
    updated: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    sent: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    expire: Vec<NaiveDateTime> as Array<Timestamp>,
    "::timestamp[]) AS new (id, account_id, version, status, sponsor, generation, closed_at, closed_by, updated_at, sent_at, \
     expires_at) \
     WHERE invitation.id = new.id AND invitation.account_id = new.account_id AND invitation.version = new.version"
}

impl<'a> UpdateInvitations<'a> {
    fn of(changed: &'a [ChangedInvitationRow]) -> Self {
        Self {
            ids: column(changed, |row| row.id),
            accounts: column(changed, |row| row.account_id),
            versions: column(changed, |row| row.version),
            statuses: column(changed, |row| row.status),
            sponsors: column(changed, |row| row.sponsor),
            generations: column(changed, |row| row.generation),
            closed: column(changed, |row| row.closed_at),
            closed_by: column(changed, |row| row.closed_by),
            updated: column(changed, |row| row.updated_at),
            sent: column(changed, |row| row.sent_at),
            expire: column(changed, |row| row.expires_at),
        }
    }
}

/// One column of the rows.
fn column<'a, T>(rows: &'a [ChangedInvitationRow], value: impl Fn(&'a ChangedInvitationRow) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
