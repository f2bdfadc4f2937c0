use std::collections::HashMap;

use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId, PersonId},
    invitation::{Invitation, NewInvitation, SecureId},
    port::{
        StoreError,
        store::{Addressee, Invitations, Offer, OpenList, OpenPart, Page},
    },
};

use super::{DieselTx, exactly_one, open_lists, pair};
use crate::{
    dialect,
    rows::{AccountRow, InvitationRow, MembershipRow, NewInvitationRow, all, one, readable},
    schema::{Pending, account, invitation, membership},
};

impl Invitations for DieselTx<'_> {
    fn insert_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<Option<Invitation>>, StoreError> {
        let rows: Vec<NewInvitationRow<'_>> = new.iter().map(NewInvitationRow::from).collect();
        self.write(|connection| {
            let written = dialect::insert_invitations(connection, &rows)?;
            let numbers: HashMap<&str, i64> = written.iter().map(|(id, name)| (name.as_str(), *id)).collect();
            let number = |new: &NewInvitation| numbers.get(new.public_id.as_str()).copied();
            Ok(new.iter().map(|new| Some(new.numbered(InvitationId::new(number(new)?)))).collect())
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

    fn invitations(
        &mut self,
        named: &[(AccountId, InvitationId)],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        let pairs: Vec<(i64, i64)> = named.iter().map(|(account, id)| (account.get(), id.get())).collect();
        self.read(|connection| {
            let rows = dialect::invitations(connection, &pairs)?;
            let found: Vec<Invitation> = all(rows)?;
            let found: HashMap<_, _> = found.iter().map(|one| ((one.account_id, one.id), one)).collect();
            Ok(named.iter().map(|named| found.get(named).copied().cloned()).collect())
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

    fn offer(&mut self, secure_id: &SecureId) -> Result<Option<Offer>, StoreError> {
        let sponsor = membership::account_id
            .eq(invitation::account_id)
            .and(membership::person_id.nullable().eq(invitation::sponsor));
        self.read(|connection| {
            let rows: Option<(InvitationRow, AccountRow, Option<MembershipRow>)> = invitation::table
                .inner_join(account::table.on(account::id.eq(invitation::account_id)))
                .left_join(membership::table.on(sponsor))
                .filter(invitation::secure_id.eq(secure_id.as_str()))
                .select(<(InvitationRow, AccountRow, Option<MembershipRow>)>::as_select())
                .get_result(connection)
                .optional()?;
            let Some((invitation, account, sponsor)) = rows else { return Ok(None) };
            let sponsor = one(sponsor)?;
            Ok(Some(Offer { invitation: invitation.try_into()?, account: account.try_into()?, sponsor }))
        })
    }

    fn pending_invitations(
        &mut self,
        addressees: &[Addressee<'_>],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        let pairs: Vec<(i64, &str)> = addressees.iter().map(pair).collect();
        self.read(|connection| {
            let rows = dialect::pending_invitations(connection, &pairs)?;
            let found: Vec<Invitation> = all(rows)?;
            let found: HashMap<_, _> =
                found.iter().map(|one| ((one.account_id.get(), one.email.key()), one)).collect();
            Ok(pairs.iter().map(|pair| found.get(pair).copied().cloned()).collect())
        })
    }

    fn open_parts(
        &mut self,
        now: Timestamp,
        lists: &[OpenList<'_>],
    ) -> Result<Vec<Option<OpenPart>>, StoreError> {
        self.read(|connection| Ok(open_lists::parts(connection, now, lists)?))
    }

    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.read(|connection| Ok(open_lists::page(connection, now, account, page)?))
    }

    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
        self.read(|connection| Ok(open_lists::count(connection, now, account)?))
    }

    fn settle_open_counts(&mut self) -> Result<(), StoreError> {
        self.write(|connection| Ok(dialect::settle_open_counts(connection)?))
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
