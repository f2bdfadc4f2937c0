//! Check and count mails in the unit that queues them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    Timestamp,
    address::EmailAddress,
    env::Env,
    id::{AccountId, PersonId},
    outbox::{DECLINE_LASTS, MailQuota, MailRefusal, Mailbox, QuotaSubject},
    port::{StoreError, Tx, store::AddresseeHistory},
};

/// A mail that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct WantedMail<'a> {
    /// Its account.
    pub(super) account: AccountId,
    /// The member who causes it; `None` for an operator.
    pub(super) inviter: Option<PersonId>,
    /// Its recipient.
    pub(super) to: &'a EmailAddress,
}

/// The quotas of the mails of one unit. They are read together, and stored together.
pub(super) struct MailCounts<'a> {
    env: &'a Env,
    now: Timestamp,
    quotas: BTreeMap<String, MailQuota>,
    changed: BTreeSet<String>,
}

/// The earliest end of an invitation that still matters to its address.
pub(super) fn history_begins(now: Timestamp) -> Timestamp {
    now - DECLINE_LASTS
}

impl<'a> MailCounts<'a> {
    /// Reads the quotas of these mails.
    pub(super) fn read<'m>(
        tx: &mut dyn Tx,
        env: &'a Env,
        mails: impl IntoIterator<Item = WantedMail<'m>>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut counts = Self { env, now, quotas: BTreeMap::new(), changed: BTreeSet::new() };
        let subjects: BTreeSet<String> = mails.into_iter().flat_map(|mail| counts.subjects(mail)).collect();
        let subjects: Vec<String> = subjects.into_iter().collect();
        for quota in tx.mail_quotas(&subjects)? {
            counts.quotas.insert(quota.subject.clone(), quota);
        }
        Ok(counts)
    }

    /// Counts a mail, or refuses it.
    pub(super) fn take(
        &mut self,
        mail: WantedMail<'_>,
        history: &AddresseeHistory,
    ) -> Result<(), MailRefusal> {
        let (limits, now) = (self.env.policy.mail_limits, self.now);
        self.check_history(history)?;
        let (mailbox, account, inviter) = subjects_of(mail);
        self.quota(&mailbox).check_mailbox(&limits, now)?;
        if let Some(rest) = self.quota(&account).rest_of_day(limits.per_account_per_day, now) {
            return Err(MailRefusal::AccountLimit(rest));
        }
        let inviter = inviter.filter(|_| limits.per_inviter_per_day > 0);
        if let Some(inviter) = &inviter
            && let Some(rest) = self.quota(inviter).rest_of_day(limits.per_inviter_per_day, now)
        {
            return Err(MailRefusal::InviterLimit(rest));
        }
        if limits.per_mailbox_per_hour.max(limits.per_mailbox_per_day) > 0 {
            self.count(mailbox, |quota| quota.count_mailbox(&limits, now));
        }
        if limits.per_account_per_day > 0 {
            self.count(account, |quota| quota.count_day(now));
        }
        if let Some(inviter) = inviter {
            self.count(inviter, |quota| quota.count_day(now));
        }
        Ok(())
    }

    /// Stores what was counted. Call it before the mails' invitations are written: of two units that count the same mailbox, one
    /// waits here, with little work to repeat.
    pub(super) fn store(mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        let changed: Vec<MailQuota> =
            self.changed.iter().filter_map(|subject| self.quotas.remove(subject)).collect();
        if changed.is_empty() { Ok(()) } else { tx.put_mail_quotas(&changed) }
    }

    fn check_history(&self, history: &AddresseeHistory) -> Result<(), MailRefusal> {
        let rest = |since: Option<Timestamp>, length: TimeDelta| {
            since.map(|since| since + length - self.now).filter(|rest| *rest > TimeDelta::zero())
        };
        if let Some(rest) = rest(history.declined_at, DECLINE_LASTS) {
            return Err(MailRefusal::Declined(rest));
        }
        match rest(history.last_sent, self.env.policy.resend_interval) {
            Some(rest) => Err(MailRefusal::TooSoon(rest)),
            None => Ok(()),
        }
    }

    /// The subjects of a mail that have limits. The mailbox always has one: it can be blocked.
    fn subjects(&self, mail: WantedMail<'_>) -> Vec<String> {
        let limits = &self.env.policy.mail_limits;
        let (mailbox, account, inviter) = subjects_of(mail);
        let account = Some(account).filter(|_| limits.per_account_per_day > 0);
        let inviter = inviter.filter(|_| limits.per_inviter_per_day > 0);
        [Some(mailbox), account, inviter].into_iter().flatten().collect()
    }

    fn quota(&mut self, subject: &str) -> &mut MailQuota {
        let now = self.now;
        self.quotas.entry(subject.to_owned()).or_insert_with(|| MailQuota::empty(subject.to_owned(), now))
    }

    fn count(&mut self, subject: String, count: impl FnOnce(&mut MailQuota)) {
        count(self.quota(&subject));
        self.changed.insert(subject);
    }
}

fn subjects_of(mail: WantedMail<'_>) -> (String, String, Option<String>) {
    (
        QuotaSubject::Mailbox(Mailbox::of(mail.to)).to_text(),
        QuotaSubject::Account(mail.account).to_text(),
        mail.inviter.map(|inviter| QuotaSubject::Inviter(inviter).to_text()),
    )
}
