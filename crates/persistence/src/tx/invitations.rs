use std::collections::HashMap;

use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    account::PublicId,
    address::{ERASED, EmailAddress},
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, OpenInvitation, SecureId},
    port::{
        StoreError,
        store::{Addressee, AddresseeHistory, HistoryPage, Invitations, Offer, OpenList, OpenPart, Page},
    },
};

use super::{DieselTx, exactly, history, open_lists, pair};
use crate::{
    dialect,
    insertion::insert_numbered,
    rows::{ChangedInvitationRow, InvitationRow, NewInvitationRow, read_all, read_optional, read_or_skip},
    schema::{Pending, invitation},
};

impl Invitations for DieselTx<'_> {
    fn insert_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<Option<Invitation>>, StoreError> {
        let rows: Vec<NewInvitationRow<'_>> = new.iter().map(NewInvitationRow::from).collect();
        self.write(|connection| {
            let written = insert_numbered(connection, &rows)?;
            let numbers: HashMap<&str, i64> =
                written.iter().map(|(id, public_id)| (public_id.as_str(), *id)).collect();
            let number = |new: &NewInvitation| numbers.get(new.public_id.as_str()).copied();
            Ok(new.iter().map(|new| Some(new.numbered(InvitationId::new(number(new)?)))).collect())
        })
    }

    fn update_invitations(&mut self, invitations: &[Invitation]) -> Result<(), StoreError> {
        let rows: Vec<ChangedInvitationRow> = invitations.iter().map(ChangedInvitationRow::from).collect();
        self.write(|connection| {
            let updated = dialect::update_invitations(connection, &rows)?;
            exactly(rows.len(), updated)
        })
    }

    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .find(id.get())
                .filter(invitation::account_id.eq(account.get()))
                .select(InvitationRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn invitations(
        &mut self,
        named: &[(AccountId, InvitationId)],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        let pairs: Vec<(i64, i64)> = named.iter().map(|(account, id)| (account.get(), id.get())).collect();
        self.read(|connection| {
            let rows = dialect::invitations(connection, &pairs)?;
            let found: Vec<Invitation> = read_all(rows)?;
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
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError> {
        self.read(|connection| {
            let row = invitation::table
                .filter(invitation::secure_id.eq(secure_id.as_str()))
                .select(InvitationRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn offers(&mut self, secure_ids: &[&SecureId]) -> Result<Vec<Option<Offer>>, StoreError> {
        let links: Vec<&str> = secure_ids.iter().map(|secure_id| secure_id.as_str()).collect();
        self.read(|connection| {
            let mut found = HashMap::new();
            for (invitation, account, sponsor) in dialect::offers(connection, &links)? {
                let (invitation, sponsor): (Invitation, _) =
                    (invitation.try_into()?, read_optional(sponsor)?);
                let offer = Offer { invitation, account: account.try_into()?, sponsor };
                found.insert(offer.invitation.secure_id.clone(), offer);
            }
            Ok(secure_ids.iter().map(|secure_id| found.get(secure_id).cloned()).collect())
        })
    }

    fn pending_invitations(
        &mut self,
        addressees: &[Addressee<'_>],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        let pairs: Vec<(i64, &str)> = addressees.iter().map(pair).collect();
        self.read(|connection| {
            let rows = dialect::pending_invitations(connection, &pairs)?;
            let found: Vec<Invitation> = read_all(rows)?;
            let found: HashMap<_, _> =
                found.iter().map(|one| ((one.account_id.get(), one.email.key()), one)).collect();
            Ok(pairs.iter().map(|pair| found.get(pair).copied().cloned()).collect())
        })
    }

    fn histories(
        &mut self,
        addressees: &[Addressee<'_>],
        since: Timestamp,
    ) -> Result<Vec<AddresseeHistory>, StoreError> {
        let pairs: Vec<(i64, &str)> = addressees.iter().map(pair).collect();
        self.read(|connection| {
            let rows = dialect::histories(connection, &pairs, since.naive_utc())?;
            let mut found: HashMap<(i64, String), AddresseeHistory> = HashMap::new();
            for invitation in read_all::<_, Invitation>(rows)? {
                let address = (invitation.account_id.get(), invitation.email.key().to_owned());
                found.entry(address).or_default().add(invitation);
            }
            let history = |(account, key): &(i64, &str)| found.get(&(*account, (*key).to_owned())).cloned();
            Ok(pairs.iter().map(|pair| history(pair).unwrap_or_default()).collect())
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
    ) -> Result<Vec<OpenInvitation>, StoreError> {
        self.read(|connection| Ok(open_lists::page(connection, now, account, page)?))
    }

    fn invitation_history(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: HistoryPage,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.read(|connection| Ok(history::page(connection, account, now, page)?))
    }

    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
        self.read(|connection| Ok(open_lists::count(connection, now, account)?))
    }

    fn delete_invitations_to(&mut self, email: &EmailAddress) -> Result<usize, StoreError> {
        let sent = invitation::table.filter(invitation::email_key.eq(email.key()));
        self.write(|connection| Ok(diesel::delete(sent).execute(connection)?))
    }

    fn settle_open_counts(&mut self) -> Result<usize, StoreError> {
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
            Ok(read_or_skip(rows.load::<InvitationRow>(connection)?))
        })
    }

    fn erase_ended(&mut self, before: Timestamp, now: Timestamp, limit: u32) -> Result<usize, StoreError> {
        let others = diesel::alias!(invitation as ended);
        let ended = others
            .filter(others.field(invitation::closed_at).is_not_null())
            .filter(others.field(invitation::erased_at).is_null())
            .filter(others.field(invitation::closed_at).lt(before.naive_utc()))
            .order((others.field(invitation::closed_at), others.field(invitation::id)))
            .limit(i64::from(limit))
            .select(others.field(invitation::id));
        let erased = invitation::table.filter(invitation::id.eq_any(ended));
        self.write(|connection| {
            let update = diesel::update(erased).set((
                invitation::email.eq(ERASED),
                invitation::email_key.eq(ERASED),
                invitation::name.eq(None::<&str>),
                invitation::locale.eq(None::<&str>),
                invitation::erased_at.eq(now.naive_utc()),
                invitation::version.eq(invitation::version + 1),
            ));
            Ok(update.execute(connection)?)
        })
    }
}
