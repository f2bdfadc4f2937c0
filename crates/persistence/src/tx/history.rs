use diesel::{prelude::*, result::QueryResult};
use usher_domain::{
    Timestamp,
    id::AccountId,
    invitation::{Invitation, Status},
    port::store::HistoryPage,
};

use crate::{
    connection::AnyConnection,
    rows::{InvitationRow, read_or_skip},
    schema::{Pending, invitation},
};

/// A part of an account's invitations in any status, by descending number.
pub(super) fn page(
    connection: &mut AnyConnection,
    account: AccountId,
    now: Timestamp,
    page: HistoryPage,
) -> QueryResult<Vec<Invitation>> {
    let now = now.naive_utc();
    let mut rows = invitation::table
        .filter(invitation::account_id.eq(account.get()))
        .order(invitation::id.desc())
        .limit(page.limit.into())
        .select(InvitationRow::as_select())
        .into_boxed();
    if let Some(before) = page.before {
        rows = rows.filter(invitation::id.lt(before.get()));
    }
    rows = match page.status {
        None => rows,
        Some(Status::Pending) => {
            rows.filter(invitation::status.eq(Pending).and(invitation::expires_at.gt(now)))
        }
        Some(Status::Expired) => rows.filter(
            invitation::status
                .eq(Status::Expired.as_str())
                .or(invitation::status.eq(Pending).and(invitation::expires_at.le(now))),
        ),
        Some(ended) => rows.filter(invitation::status.eq(ended.as_str())),
    };
    Ok(read_or_skip(rows.load::<InvitationRow>(connection)?))
}
