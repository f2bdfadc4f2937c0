use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamp, Untyped},
};

use super::{column, each, hand_written};
use crate::{
    connection::AnyConnection,
    rows::{AccountRow, ChangedInvitationRow, InvitationRow, MembershipRow},
    schema::{account, invitation, membership},
};

/// An invitation with its account and the membership of whoever answers for it.
pub(crate) type OfferRows = (InvitationRow, AccountRow, Option<MembershipRow>);

/// The invitations that these links name.
pub(crate) fn offers(connection: &mut AnyConnection, secure_ids: &[&str]) -> QueryResult<Vec<OfferRows>> {
    let sponsor = membership::account_id
        .eq(invitation::account_id)
        .and(membership::person_id.nullable().eq(invitation::sponsor));
    let offers = invitation::table
        .inner_join(account::table.on(account::id.eq(invitation::account_id)))
        .left_join(membership::table.on(sponsor));
    match connection {
        AnyConnection::Postgres(connection) => offers
            .filter(invitation::secure_id.eq_any(secure_ids))
            .select(OfferRows::as_select())
            .load(connection),
        AnyConnection::Sqlite(connection) => each(secure_ids, |secure_id| {
            offers.filter(invitation::secure_id.eq(secure_id)).select(OfferRows::as_select()).load(connection)
        }),
    }
}

/// Changes invitations that are still as they were read, and counts their versions up; answers how many these were.
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

hand_written! {
    /// Each by its number; who comes second to a row finds another version and changes nothing.
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
