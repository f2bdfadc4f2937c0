use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId},
    outbox::{LeaseToken, Mail, MailState, NewMail},
    port::{
        StoreError,
        store::{DeadMails, MailClaim, MailFilter, Outbox, Settlement},
    },
};

use super::{DieselTx, queue};
use crate::{
    connection::MultiBackend,
    dialect,
    rows::{MailRow, NewMailRow, read_all, read_optional, read_or_skip},
    schema::{dead_delivery, delivery, queued_delivery},
};

/// The maximum number of mails per claim, far below the limit of bound values in a statement.
const MOST_CLAIMED: u32 = 1000;

impl Outbox for DieselTx<'_> {
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError> {
        let rows: Vec<NewMailRow<'_>> = mails.iter().map(NewMailRow::from).collect();
        self.write(|connection| Ok(dialect::enqueue(connection, &rows)?))
    }

    fn claim_mails(&mut self, claim: &MailClaim<'_>) -> Result<Vec<Mail>, StoreError> {
        let now = claim.now.naive_utc();
        self.write(|connection| {
            let limit = i64::from(claim.limit.min(MOST_CLAIMED));
            let ids = dialect::claimable_mails(connection, claim, limit)?;
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let order: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
            // The condition is repeated because this statement, not the look-up before it, decides which worker gets a
            // mail.
            let unheld = delivery::lease_until.is_null().or(delivery::lease_until.le(now));
            let mut rows: Vec<MailRow> = diesel::update(delivery::table.filter(delivery::id.eq_any(ids)))
                .filter(delivery::state.eq(MailState::Queued.as_str()))
                .filter(unheld)
                .set((
                    delivery::lease_until.eq(claim.until.naive_utc()),
                    delivery::lease_token.eq(claim.token.as_str()),
                ))
                .returning(<MailRow as Selectable<MultiBackend>>::construct_selection())
                .get_results(connection)?;
            rows.sort_by_key(|row| order.get(&row.number()).copied());
            Ok(read_or_skip(rows))
        })
    }

    fn settle_mail(
        &mut self,
        mail: &Mail,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError> {
        let held = delivery::table.find(mail.id.get()).filter(delivery::lease_token.eq(token.as_str()));
        self.write(|connection| {
            let updated = diesel::update(held)
                .set((
                    delivery::state.eq(settlement.state.as_str()),
                    delivery::attempts.eq(i64::from(settlement.attempts)),
                    delivery::due_at.eq(settlement.due_at.naive_utc()),
                    delivery::last_error.eq(settlement.error.as_deref()),
                    delivery::refused_at.eq(settlement.refused_at.map(|at| at.naive_utc())),
                    delivery::updated_at.eq(settlement.at.naive_utc()),
                    delivery::lease_until.eq(None::<NaiveDateTime>),
                    delivery::lease_token.eq(None::<&str>),
                ))
                .execute(connection)?;
            if updated == 1 {
                queue::follow(connection, mail, settlement)?;
            }
            Ok(updated == 1)
        })
    }

    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        self.read(|connection| {
            let rows = delivery::table
                .filter(delivery::invitation_id.eq(invitation.get()))
                .filter(delivery::account_id.eq(account.get()))
                .order(delivery::id)
                .select(MailRow::as_select());
            Ok(read_all(rows.load(connection)?)?)
        })
    }

    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| Ok(dialect::next_mail_due(connection)?.map(|next| next.and_utc())))
    }

    fn mails(&mut self, filter: &MailFilter) -> Result<Vec<Mail>, StoreError> {
        self.read(|connection| {
            let mut rows = delivery::table
                .order(delivery::id.desc())
                .limit(i64::from(filter.limit))
                .select(MailRow::as_select())
                .into_boxed::<MultiBackend>();
            if let Some(account) = filter.account {
                rows = rows.filter(delivery::account_id.eq(account.get()));
            }
            rows = match filter.state {
                // Few mails are dead or queued, and most are not.
                Some(MailState::Dead) => {
                    rows.filter(delivery::id.eq_any(dead_delivery::table.select(dead_delivery::delivery_id)))
                }
                Some(MailState::Queued) => rows
                    .filter(delivery::id.eq_any(queued_delivery::table.select(queued_delivery::delivery_id))),
                Some(state) => rows.filter(delivery::state.eq(state.as_str())),
                None => rows,
            };
            Ok(read_or_skip(rows.load::<MailRow>(connection)?))
        })
    }

    fn mail_by_reference(&mut self, reference: &PublicId) -> Result<Option<Mail>, StoreError> {
        self.read(|connection| {
            let row = delivery::table
                .filter(delivery::reference.eq(reference.as_str()))
                .select(MailRow::as_select());
            Ok(read_optional(row.get_result(connection).optional()?)?)
        })
    }

    fn retry_dead_mails(
        &mut self,
        which: DeadMails,
        now: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.write(|connection| Ok(queue::retry_dead(connection, which, now.naive_utc(), limit)?))
    }

    fn delete_old_mails(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|connection| {
            // Behind those that still wait, however old they are.
            let oldest = delivery::table
                .filter(delivery::state.ne(MailState::Queued.as_str()))
                .order(delivery::id)
                .limit(i64::from(limit))
                .select((delivery::id, delivery::created_at));
            let oldest: Vec<(i64, NaiveDateTime)> = oldest.load(connection)?;
            let old = oldest.into_iter().filter(|(_, created_at)| *created_at < before.naive_utc());
            let old: Vec<i64> = old.map(|(id, _)| id).collect();
            if old.is_empty() {
                return Ok(0);
            }
            Ok(diesel::delete(delivery::table.filter(delivery::id.eq_any(old))).execute(connection)?)
        })
    }
}
