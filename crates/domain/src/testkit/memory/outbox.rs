use std::collections::BTreeMap;

use super::{
    MemoryTx,
    invitations::size,
    state::{State, present, unique},
};

use crate::{
    Timestamp,
    account::PublicId,
    id::{AccountId, InvitationId, MailId},
    outbox::{LeaseToken, Mail, MailState, NewMail},
    port::{
        StoreError,
        store::{Constraint, DeadMails, MailClaim, MailFilter, Outbox, Settlement},
    },
};

/// The moment from which a queued mail can be claimed.
pub(super) fn claimable_from(mail: &Mail) -> Timestamp {
    mail.lease.as_ref().map_or(mail.due_at, |(until, _)| *until)
}

impl State {
    fn enqueue(&mut self, new: NewMail) -> Result<(), StoreError> {
        unique(self.mails.has(|other| other.reference == new.reference), Constraint::RandomId)?;
        self.require_account(new.account_id)?;
        present(self.invitations.get(new.invitation_id.get()).is_some())?;
        self.mails.insert(|id| Mail {
            id: MailId::new(id),
            reference: new.reference,
            destination: new.destination,
            account_id: new.account_id,
            invitation_id: new.invitation_id,
            generation: new.generation,
            state: MailState::Queued,
            attempts: 0,
            due_at: new.created_at,
            lease: None,
            last_error: None,
            refused_at: None,
            created_at: new.created_at,
            queued_at: new.created_at,
            updated_at: new.created_at,
        });
        Ok(())
    }

    /// The mails of a claim: one of each account, beginning after the account of the last turn, then the rest.
    fn in_turns(&self, claim: &MailClaim<'_>) -> Vec<Mail> {
        let mut free = self.mails.filtered(|mail| {
            mail.state == MailState::Queued
                && claimable_from(mail) <= claim.now
                && !claim.except.contains(&mail.destination)
        });
        free.sort_by_key(|mail| (mail.due_at, mail.id));
        let mut of_account: BTreeMap<AccountId, u64> = BTreeMap::new();
        free.sort_by_cached_key(|mail| {
            let place = of_account.entry(mail.account_id).or_default();
            *place += 1;
            let first = *place == 1;
            (!first, first && claim.after.is_some_and(|after| mail.account_id <= after), mail.account_id)
        });
        free.truncate(size(claim.limit));
        free
    }

    fn retry(&mut self, which: DeadMails, now: Timestamp, limit: u32) -> usize {
        let dead = self.mails.filtered(|mail| {
            mail.state == MailState::Dead
                && match which {
                    DeadMails::One(id) => mail.id == id,
                    DeadMails::OfAccount(account) => mail.account_id == account,
                    DeadMails::All => true,
                }
        });
        let retried = dead.iter().take(size(limit));
        for mail in retried.clone() {
            if let Some(stored) = self.mails.get_mut(mail.id.get()) {
                stored.state = MailState::Queued;
                stored.attempts = 0;
                stored.due_at = now;
                stored.queued_at = now;
                stored.refused_at = None;
                stored.updated_at = now;
            }
        }
        retried.count()
    }
}

impl Outbox for MemoryTx {
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError> {
        self.write(|state| mails.iter().try_for_each(|new| state.enqueue(new.clone())))
    }

    fn claim_mails(&mut self, claim: &MailClaim<'_>) -> Result<Vec<Mail>, StoreError> {
        self.write(|state| {
            let mut claimed = state.in_turns(claim);
            for mail in &mut claimed {
                mail.lease = Some((claim.until, claim.token.clone()));
                if let Some(stored) = state.mails.get_mut(mail.id.get()) {
                    stored.lease.clone_from(&mail.lease);
                }
            }
            Ok(claimed)
        })
    }

    fn settle_mail(
        &mut self,
        mail: &Mail,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError> {
        self.write(|state| {
            let held = |stored: &&mut Mail| stored.lease.as_ref().is_some_and(|(_, holder)| holder == token);
            let Some(stored) = state.mails.get_mut(mail.id.get()).filter(held) else { return Ok(false) };
            stored.state = settlement.state;
            stored.attempts = settlement.attempts;
            stored.due_at = settlement.due_at;
            stored.last_error.clone_from(&settlement.error);
            stored.refused_at = settlement.refused_at;
            stored.updated_at = settlement.at;
            stored.lease = None;
            Ok(true)
        })
    }

    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        self.read(|state| {
            Ok(state.mails.filtered(|mail| mail.account_id == account && mail.invitation_id == invitation))
        })
    }

    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|state| {
            let queued = state.mails.iter().filter(|mail| mail.state == MailState::Queued);
            Ok(queued.map(claimable_from).min())
        })
    }

    fn mails(&mut self, filter: &MailFilter) -> Result<Vec<Mail>, StoreError> {
        self.read(|state| {
            let mut found = state.mails.filtered(|mail| {
                filter.state.is_none_or(|state| mail.state == state)
                    && filter.account.is_none_or(|account| mail.account_id == account)
            });
            found.reverse();
            found.truncate(size(filter.limit));
            Ok(found)
        })
    }

    fn mail_by_reference(&mut self, reference: &PublicId) -> Result<Option<Mail>, StoreError> {
        self.read(|state| Ok(state.mails.find(|mail| mail.reference == *reference)))
    }

    fn retry_dead_mails(
        &mut self,
        which: DeadMails,
        now: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.write(|state| Ok(state.retry(which, now, limit)))
    }

    fn delete_old_mails(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|state| {
            let oldest: Vec<MailId> = state
                .mails
                .iter()
                .filter(|mail| mail.state != MailState::Queued)
                .take(size(limit))
                .filter(|mail| mail.created_at < before)
                .map(|mail| mail.id)
                .collect();
            state.mails.retain(|mail| !oldest.contains(&mail.id));
            Ok(oldest.len())
        })
    }
}
