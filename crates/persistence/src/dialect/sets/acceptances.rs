use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp, Untyped},
};

use super::{column, each, hand_written};
use crate::{
    connection::AnyConnection,
    rows::{AccountRow, ChangedInvitationRow, InvitationRow, MembershipRow, NewMembershipRow, NewPersonRow},
    schema::{account, invitation, membership, person},
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

/// Writes people; answers number and public id of each.
pub(crate) fn insert_people(
    connection: &mut AnyConnection,
    new: &[NewPersonRow<'_>],
) -> QueryResult<Vec<(i64, String)>> {
    match connection {
        AnyConnection::Postgres(connection) => InsertPeople::of(new).load(connection),
        AnyConnection::Sqlite(connection) => {
            let write = |row| {
                let row = diesel::insert_into(person::table).values(row);
                row.returning((person::id, person::public_id)).get_result(connection)
            };
            new.iter().map(write).collect()
        }
    }
}

/// Writes memberships.
pub(crate) fn insert_memberships(
    connection: &mut AnyConnection,
    new: &[NewMembershipRow],
) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => InsertMemberships::of(new).execute(connection).map(drop),
        AnyConnection::Sqlite(connection) => {
            let write =
                |row| diesel::insert_into(membership::table).values(row).execute(connection).map(drop);
            new.iter().try_for_each(write)
        }
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
    /// In the order of the key that can be taken, as the invitations.
    struct InsertPeople<'a> -> (BigInt, Text);
    "INSERT INTO person (public_id, email, email_key, email_verified, name, password_hash, created_at, version) \
     SELECT public_id, email, email_key, email_verified, name, password_hash, created_at, 0 FROM unnest(",
    public_ids: Vec<&'a str> as Array<Text>, "::text[], ",
    emails: Vec<&'a str> as Array<Text>, "::text[], ",
    email_keys: Vec<&'a str> as Array<Text>, "::text[], ",
    verified: Vec<bool> as Array<Bool>, "::boolean[], ",
    names: Vec<&'a str> as Array<Text>, "::text[], ",
    hashes: Vec<Option<&'a str>> as Array<Nullable<Text>>, "::text[], ",
    created: Vec<NaiveDateTime> as Array<Timestamp>,
    "::timestamp[]) AS new (public_id, email, email_key, email_verified, name, password_hash, created_at) \
     ORDER BY email_key RETURNING id, public_id"
}

impl<'a> InsertPeople<'a> {
    fn of(new: &'a [NewPersonRow<'a>]) -> Self {
        Self {
            public_ids: column(new, |row| row.public_id),
            emails: column(new, |row| row.email),
            email_keys: column(new, |row| row.email_key),
            verified: column(new, |row| row.email_verified),
            names: column(new, |row| row.name),
            hashes: column(new, |row| row.password_hash),
            created: column(new, |row| row.created_at),
        }
    }
}

hand_written! {
    struct InsertMemberships<'a> -> Untyped;
    "INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at) SELECT * FROM unnest(",
    accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
    people: Vec<i64> as Array<BigInt>, "::bigint[], ",
    roles: Vec<&'a str> as Array<Text>, "::text[], ",
    limit_services: Vec<bool> as Array<Bool>, "::boolean[], ",
    services: Vec<&'a str> as Array<Text>, "::text[], ",
    created: Vec<NaiveDateTime> as Array<Timestamp>,
    "::timestamp[])"
}

impl<'a> InsertMemberships<'a> {
    fn of(new: &'a [NewMembershipRow]) -> Self {
        Self {
            accounts: column(new, |row| row.account_id),
            people: column(new, |row| row.person_id),
            roles: column(new, |row| row.roles.as_str()),
            limit_services: column(new, |row| row.limit_services),
            services: column(new, |row| row.services.as_str()),
            created: column(new, |row| row.created_at),
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
