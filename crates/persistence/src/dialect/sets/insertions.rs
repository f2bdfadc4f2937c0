use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp, Untyped},
};

use super::{column, hand_written, sqlite_rows::insertions};
use crate::{
    connection::AnyConnection,
    rows::{NewAuditEventRow, NewInvitationRow, NewMailRow},
};

/// Writes invitations. Answers number and public id of those that were written: not of those to an address that has one
/// stored as pending in the account.
pub(crate) fn insert_invitations(
    connection: &mut AnyConnection,
    new: &[NewInvitationRow<'_>],
) -> QueryResult<Vec<(i64, String)>> {
    match connection {
        AnyConnection::Postgres(connection) => InsertInvitations::of(new).load(connection),
        AnyConnection::Sqlite(connection) => {
            let mut written = Vec::with_capacity(new.len());
            for insertion in insertions(new) {
                written.append(&mut insertion.load(connection)?);
            }
            Ok(written)
        }
    }
}

/// Writes mails.
pub(crate) fn insert_mails(connection: &mut AnyConnection, new: &[NewMailRow<'_>]) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => InsertMails::of(new).execute(connection).map(drop),
        AnyConnection::Sqlite(connection) => {
            insertions(new).try_for_each(|insertion| insertion.execute(connection).map(drop))
        }
    }
}

/// Writes entries of the audit log, in this order.
pub(crate) fn insert_events(connection: &mut AnyConnection, new: &[NewAuditEventRow]) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => InsertEvents::of(new).execute(connection).map(drop),
        AnyConnection::Sqlite(connection) => {
            insertions(new).try_for_each(|insertion| insertion.execute(connection).map(drop))
        }
    }
}

// On PostgreSQL all three are a scan of the arrays and one insertion for each row; diesel's own insertion of several rows has a value for each
// cell, so each number of rows would be another statement, which PostgreSQL reads and plans anew.

hand_written! {
    /// In the order of the key that can be taken, so that two which overlap do not wait for each other in a circle.
    struct InsertInvitations<'a> -> (BigInt, Text);
    "INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, \
     status, generation, created_at, updated_at, sent_at, expires_at, version) \
     SELECT public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, \
     status, generation, created_at, updated_at, sent_at, expires_at, version FROM unnest(",
    public_ids: Vec<&'a str> as Array<Text>, "::text[], ",
    secure_ids: Vec<&'a str> as Array<Text>, "::text[], ",
    accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
    emails: Vec<&'a str> as Array<Text>, "::text[], ",
    email_keys: Vec<&'a str> as Array<Text>, "::text[], ",
    names: Vec<Option<&'a str>> as Array<Nullable<Text>>, "::text[], ",
    roles: Vec<&'a str> as Array<Text>, "::text[], ",
    limit_services: Vec<bool> as Array<Bool>, "::boolean[], ",
    services: Vec<&'a str> as Array<Text>, "::text[], ",
    sponsors: Vec<i64> as Array<BigInt>, "::bigint[], ",
    statuses: Vec<&'a str> as Array<Text>, "::text[], ",
    generations: Vec<i64> as Array<BigInt>, "::bigint[], ",
    created: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    updated: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    sent: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    expire: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    versions: Vec<i64> as Array<BigInt>,
    "::bigint[]) AS new (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, \
     status, generation, created_at, updated_at, sent_at, expires_at, version) \
     ORDER BY account_id, email_key \
     ON CONFLICT (account_id, email_key) WHERE status = 'pending' DO NOTHING RETURNING id, public_id"
}

impl<'a> InsertInvitations<'a> {
    fn of(new: &'a [NewInvitationRow<'a>]) -> Self {
        Self {
            public_ids: column(new, |row| row.public_id),
            secure_ids: column(new, |row| row.secure_id),
            accounts: column(new, |row| row.account_id),
            emails: column(new, |row| row.email),
            email_keys: column(new, |row| row.email_key),
            names: column(new, |row| row.name),
            roles: column(new, |row| row.roles.as_str()),
            limit_services: column(new, |row| row.limit_services),
            services: column(new, |row| row.services.as_str()),
            sponsors: column(new, |row| row.sponsor),
            statuses: column(new, |row| row.status),
            generations: column(new, |row| row.generation),
            created: column(new, |row| row.created_at),
            updated: column(new, |row| row.updated_at),
            sent: column(new, |row| row.sent_at),
            expire: column(new, |row| row.expires_at),
            versions: column(new, |row| row.version),
        }
    }
}

hand_written! {
    struct InsertMails<'a> -> Untyped;
    "INSERT INTO mail (reference, account_id, invitation_id, generation, state, attempts, due_at, created_at, updated_at) \
     SELECT * FROM unnest(",
    references: Vec<&'a str> as Array<Text>, "::text[], ",
    accounts: Vec<i64> as Array<BigInt>, "::bigint[], ",
    invitations: Vec<i64> as Array<BigInt>, "::bigint[], ",
    generations: Vec<i64> as Array<BigInt>, "::bigint[], ",
    states: Vec<&'a str> as Array<Text>, "::text[], ",
    attempts: Vec<i64> as Array<BigInt>, "::bigint[], ",
    due: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    created: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    updated: Vec<NaiveDateTime> as Array<Timestamp>,
    ")"
}

impl<'a> InsertMails<'a> {
    fn of(new: &'a [NewMailRow<'a>]) -> Self {
        Self {
            references: column(new, |row| row.reference),
            accounts: column(new, |row| row.account_id),
            invitations: column(new, |row| row.invitation_id),
            generations: column(new, |row| row.generation),
            states: column(new, |row| row.state),
            attempts: column(new, |row| row.attempts),
            due: column(new, |row| row.due_at),
            created: column(new, |row| row.created_at),
            updated: column(new, |row| row.updated_at),
        }
    }
}

hand_written! {
    struct InsertEvents<'a> -> Untyped;
    "INSERT INTO audit_event (at, actor, actor_person, action, account_id, invitation_id, person_id) SELECT * FROM unnest(",
    moments: Vec<NaiveDateTime> as Array<Timestamp>, "::timestamp[], ",
    actors: Vec<&'a str> as Array<Text>, "::text[], ",
    actor_people: Vec<Option<i64>> as Array<Nullable<BigInt>>, "::bigint[], ",
    actions: Vec<&'a str> as Array<Text>, "::text[], ",
    accounts: Vec<Option<i64>> as Array<Nullable<BigInt>>, "::bigint[], ",
    invitations: Vec<Option<i64>> as Array<Nullable<BigInt>>, "::bigint[], ",
    people: Vec<Option<i64>> as Array<Nullable<BigInt>>,
    ")"
}

impl<'a> InsertEvents<'a> {
    fn of(new: &'a [NewAuditEventRow]) -> Self {
        Self {
            moments: column(new, |row| row.at),
            actors: column(new, |row| row.actor),
            actor_people: column(new, |row| row.actor_person),
            actions: column(new, |row| row.action),
            accounts: column(new, |row| row.account_id),
            invitations: column(new, |row| row.invitation_id),
            people: column(new, |row| row.person_id),
        }
    }
}
