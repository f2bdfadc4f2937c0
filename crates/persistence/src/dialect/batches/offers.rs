use diesel::prelude::*;

use super::keys::rows_of_each_key;
use crate::{
    connection::AnyConnection,
    rows::{AccountRow, InvitationRow, MembershipRow},
    schema::{account, invitation, membership},
};

/// An invitation, its account and the membership of its sponsor.
pub(crate) type OfferRows = (InvitationRow, AccountRow, Option<MembershipRow>);

/// The invitations with these secure ids.
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
        AnyConnection::Sqlite(connection) => rows_of_each_key(secure_ids, |secure_id| {
            offers.filter(invitation::secure_id.eq(secure_id)).select(OfferRows::as_select()).load(connection)
        }),
    }
}
