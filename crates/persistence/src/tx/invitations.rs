use diesel::{alias, prelude::*};
use usher_domain::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    invitation::{Invitation, NewInvitation, SecureId},
    port::{
        StoreError,
        store::{Invitations, Order, Page},
    },
};

use super::{DieselTx, exactly_one};
use crate::{
    connection::MultiBackend,
    rows::{InvitationRow, NewInvitationRow, one, readable},
    schema::{Pending, invitation},
};

impl Invitations for DieselTx<'_> {
    fn insert_invitation(&mut self, invitation: &NewInvitation) -> Result<Invitation, StoreError> {
        self.write(|connection| {
            let row: InvitationRow = diesel::insert_into(invitation::table)
                .values(NewInvitationRow::from(invitation))
                .returning(<InvitationRow as Selectable<MultiBackend>>::construct_selection())
                .get_result(connection)?;
            Ok(row.try_into()?)
        })
    }

    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        let read = invitation::table
            .find(invitation.id.get())
            .filter(invitation::account_id.eq(invitation.account_id.get()))
            .filter(invitation::version.eq(invitation.version));
        self.write(|connection| {
            let updated = diesel::update(read)
                .set((
                    invitation::status.eq(invitation.status.as_str()),
                    invitation::sponsor.eq(invitation.sponsor.map(PersonId::get)),
                    invitation::generation.eq(i64::from(invitation.generation)),
                    invitation::closed_at.eq(invitation.closed_at.map(|at| at.naive_utc())),
                    invitation::closed_by.eq(invitation.closed_by.map(PersonId::get)),
                    invitation::updated_at.eq(invitation.updated_at.naive_utc()),
                    invitation::sent_at.eq(invitation.sent_at.naive_utc()),
                    invitation::expires_at.eq(invitation.expires_at.naive_utc()),
                    invitation::version.eq(invitation::version + 1),
                ))
                .execute(connection)?;
            exactly_one(updated)
        })
    }

    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .find(id.get())
                .filter(invitation::account_id.eq(account.get()))
                .select(InvitationRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn invitation_by_public_id(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .filter(invitation::account_id.eq(account.get()))
                .filter(invitation::public_id.eq(public_id.as_str()))
                .select(InvitationRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .filter(invitation::secure_id.eq(secure_id.as_str()))
                .select(InvitationRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn pending_invitation(
        &mut self,
        account: AccountId,
        email: &EmailAddress,
    ) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .filter(invitation::account_id.eq(account.get()))
                .filter(invitation::email_key.eq(email.key()))
                .filter(invitation::status.eq(Pending))
                .select(InvitationRow::as_select());
            Ok(one(row.get_result(connection).optional()?)?)
        })
    }

    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Invitation>, StoreError> {
        // SQLite knows no offset without a limit, and neither database a number beyond its own.
        let limit = page.limit.map_or(i64::MAX, i64::from);
        let offset = i64::try_from(page.offset).unwrap_or(i64::MAX);
        let now = now.naive_utc();
        let open = invitation::table
            .filter(invitation::account_id.eq(account.get()))
            .filter(invitation::status.eq(Pending))
            .filter(invitation::expires_at.gt(now))
            .limit(limit)
            .select(InvitationRow::as_select());
        let ahead = alias!(invitation as ahead);
        let id = ahead.field(invitation::id);
        // The number at which the part begins. Rows are left out here, where the index `invitation_open` has all that is
        // asked for, and not where they would be read to be thrown away.
        let first = ahead
            .filter(ahead.field(invitation::account_id).eq(account.get()))
            .filter(ahead.field(invitation::status).eq(Pending))
            .filter(ahead.field(invitation::expires_at).gt(now))
            .select(id.nullable())
            .limit(1)
            .offset(offset);
        self.read(|connection| {
            let rows: Vec<InvitationRow> = match page.order {
                Order::OldestFirst => open
                    .filter(invitation::id.nullable().ge(first.order(id).single_value()))
                    .order(invitation::id)
                    .load(connection)?,
                Order::NewestFirst => open
                    .filter(invitation::id.nullable().le(first.order(id.desc()).single_value()))
                    .order(invitation::id.desc())
                    .load(connection)?,
            };
            Ok(readable(rows))
        })
    }

    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
        self.read(|connection| {
            let count: i64 = invitation::table
                .filter(invitation::account_id.eq(account.get()))
                .filter(invitation::status.eq(Pending))
                .filter(invitation::expires_at.gt(now.naive_utc()))
                .count()
                .get_result(connection)?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }

    fn overdue_invitations(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Invitation>, StoreError> {
        self.read(|connection| {
            let rows = invitation::table
                .filter(invitation::status.eq(Pending))
                .filter(invitation::expires_at.le(now.naive_utc()))
                .order((invitation::expires_at, invitation::id))
                .limit(i64::from(limit))
                .select(InvitationRow::as_select());
            Ok(readable(rows.load::<InvitationRow>(connection)?))
        })
    }
}
