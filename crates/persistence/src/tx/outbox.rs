use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{dsl::min, prelude::*};
use usher_domain::{
    Timestamp,
    id::{AccountId, InvitationId, MailId},
    outbox::{LeaseToken, Mail, NewMail},
    port::{
        StoreError,
        store::{Outbox, Settlement},
    },
};

use super::DieselTx;
use crate::{
    connection::MultiBackend,
    dialect,
    insertion::insert,
    rows::{MailRow, NewMailRow, read_all, read_or_skip},
    schema::{Queued, mail},
};

/// The maximum number of mails per claim, far below the limit of bound values in a statement.
const MOST_CLAIMED: u32 = 1000;

impl Outbox for DieselTx<'_> {
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError> {
        let rows: Vec<NewMailRow<'_>> = mails.iter().map(NewMailRow::from).collect();
        self.write(|connection| Ok(insert(connection, &rows)?))
    }

    fn claim_mails(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        token: &LeaseToken,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        let now = now.naive_utc();
        self.write(|connection| {
            let ids = dialect::claimable_mails(connection, now, i64::from(limit.min(MOST_CLAIMED)))?;
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let order: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
            // The condition is repeated because this statement, not the look-up before it, decides which worker gets a
            // mail.
            let unheld = mail::lease_until.is_null().or(mail::lease_until.le(now));
            let mut rows: Vec<MailRow> = diesel::update(mail::table.filter(mail::id.eq_any(ids)))
                .filter(mail::state.eq(Queued))
                .filter(unheld)
                .set((mail::lease_until.eq(until.naive_utc()), mail::lease_token.eq(token.as_str())))
                .returning(<MailRow as Selectable<MultiBackend>>::construct_selection())
                .get_results(connection)?;
            rows.sort_by_key(|row| order.get(&row.number()).copied());
            Ok(read_or_skip(rows))
        })
    }

    fn settle_mail(
        &mut self,
        id: MailId,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError> {
        let held = mail::table.find(id.get()).filter(mail::lease_token.eq(token.as_str()));
        self.write(|connection| {
            let updated = diesel::update(held)
                .set((
                    mail::state.eq(settlement.state.as_str()),
                    mail::attempts.eq(i64::from(settlement.attempts)),
                    mail::due_at.eq(settlement.due_at.naive_utc()),
                    mail::last_error.eq(settlement.error.as_deref()),
                    mail::updated_at.eq(settlement.at.naive_utc()),
                    mail::lease_until.eq(None::<NaiveDateTime>),
                    mail::lease_token.eq(None::<&str>),
                ))
                .execute(connection)?;
            Ok(updated == 1)
        })
    }

    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        self.read(|connection| {
            let rows = mail::table
                .filter(mail::invitation_id.eq(invitation.get()))
                .filter(mail::account_id.eq(account.get()))
                .order(mail::id)
                .select(MailRow::as_select());
            Ok(read_all(rows.load(connection)?)?)
        })
    }

    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let next: Option<NaiveDateTime> = mail::table
                .filter(mail::state.eq(Queued))
                .select(min(dialect::claimable_from()))
                .get_result(connection)?;
            Ok(next.map(|next| next.and_utc()))
        })
    }
}
