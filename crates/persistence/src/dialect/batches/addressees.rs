use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::keys::rows_of_each_key;
use crate::{
    connection::AnyConnection,
    rows::InvitationRow,
    schema::{Pending, invitation, membership, person},
};

/// The pairs of an account and an address key where the address belongs to a member of the account. The result can contain other
/// combinations of the given accounts and addresses as well.
pub(crate) fn are_members(
    connection: &mut AnyConnection,
    pairs: &[(i64, &str)],
) -> QueryResult<Vec<(i64, String)>> {
    let members = person::table.inner_join(membership::table);
    let pair = (membership::account_id, person::email_key);
    match connection {
        AnyConnection::Postgres(connection) => {
            let (accounts, keys): (Vec<i64>, Vec<&str>) = pairs.iter().copied().unzip();
            members
                .filter(person::email_key.eq_any(keys))
                .filter(membership::account_id.eq_any(accounts))
                .select(pair)
                .load(connection)
        }
        AnyConnection::Sqlite(connection) => rows_of_each_key(pairs, |(account, key)| {
            members
                .filter(person::email_key.eq(key))
                .filter(membership::account_id.eq(account))
                .select(pair)
                .load(connection)
        }),
    }
}

/// The invitations stored as pending for these accounts and address keys; like [`are_members`], possibly others too.
pub(crate) fn pending_invitations(
    connection: &mut AnyConnection,
    pairs: &[(i64, &str)],
) -> QueryResult<Vec<InvitationRow>> {
    let pending = invitation::table.filter(invitation::status.eq(Pending));
    match connection {
        AnyConnection::Postgres(connection) => {
            let (accounts, keys): (Vec<i64>, Vec<&str>) = pairs.iter().copied().unzip();
            pending
                .filter(invitation::account_id.eq_any(accounts))
                .filter(invitation::email_key.eq_any(keys))
                .select(InvitationRow::as_select())
                .load(connection)
        }
        AnyConnection::Sqlite(connection) => rows_of_each_key(pairs, |(account, key)| {
            pending
                .filter(invitation::account_id.eq(account))
                .filter(invitation::email_key.eq(key))
                .select(InvitationRow::as_select())
                .load(connection)
        }),
    }
}

/// The invitations stored as pending for these accounts and address keys, and those that ended after `since`; like
/// [`are_members`], possibly others too.
pub(crate) fn histories(
    connection: &mut AnyConnection,
    pairs: &[(i64, &str)],
    since: NaiveDateTime,
) -> QueryResult<Vec<InvitationRow>> {
    // One look-up in each of the two partial indexes.
    let pending = || invitation::table.filter(invitation::status.eq(Pending));
    let ended = || {
        invitation::table.filter(invitation::closed_at.is_not_null()).filter(invitation::closed_at.gt(since))
    };
    match connection {
        AnyConnection::Postgres(connection) => {
            let (accounts, keys): (Vec<i64>, Vec<&str>) = pairs.iter().copied().unzip();
            let pending = pending()
                .filter(invitation::account_id.eq_any(accounts.clone()))
                .filter(invitation::email_key.eq_any(keys.clone()))
                .select(InvitationRow::as_select());
            let ended = ended()
                .filter(invitation::account_id.eq_any(accounts))
                .filter(invitation::email_key.eq_any(keys))
                .select(InvitationRow::as_select());
            pending.union_all(ended).load(connection)
        }
        AnyConnection::Sqlite(connection) => rows_of_each_key(pairs, |(account, key)| {
            let pending = pending()
                .filter(invitation::account_id.eq(account))
                .filter(invitation::email_key.eq(key))
                .select(InvitationRow::as_select());
            let ended = ended()
                .filter(invitation::account_id.eq(account))
                .filter(invitation::email_key.eq(key))
                .select(InvitationRow::as_select());
            pending.union_all(ended).load(connection)
        }),
    }
}

/// The invitations with these numbers in these accounts; like [`are_members`], possibly others too.
pub(crate) fn invitations(
    connection: &mut AnyConnection,
    pairs: &[(i64, i64)],
) -> QueryResult<Vec<InvitationRow>> {
    match connection {
        AnyConnection::Postgres(connection) => {
            let (accounts, ids): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
            invitation::table
                .filter(invitation::id.eq_any(ids))
                .filter(invitation::account_id.eq_any(accounts))
                .select(InvitationRow::as_select())
                .load(connection)
        }
        AnyConnection::Sqlite(connection) => rows_of_each_key(pairs, |(account, id)| {
            invitation::table
                .find(id)
                .filter(invitation::account_id.eq(account))
                .select(InvitationRow::as_select())
                .load(connection)
        }),
    }
}
