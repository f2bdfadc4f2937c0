//! Limits on mails: how many may be queued for a mailbox, for an account and by an inviter.

use chrono::{NaiveTime, TimeDelta};

use super::Mailbox;
use crate::{
    Timestamp,
    id::{AccountId, PersonId},
};

/// The limits on mails; 0 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// Most mails to one mailbox within an hour, over all accounts.
    pub per_mailbox_per_hour: u32,
    /// Most mails to one mailbox within 24 hours, over all accounts.
    pub per_mailbox_per_day: u32,
    /// Most mails of an account in a UTC day.
    pub per_account_per_day: u32,
    /// Most mails of an inviter in a UTC day, over all accounts.
    pub per_inviter_per_day: u32,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self {
            per_mailbox_per_hour: 3,
            per_mailbox_per_day: 10,
            per_account_per_day: 0,
            per_inviter_per_day: 0,
        }
    }
}

/// How long an account cannot invite an address again that declined.
pub const DECLINE_LASTS: TimeDelta = TimeDelta::days(30);

/// Why a mail was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailRefusal {
    /// The last mail of the account to this address was queued less than the resend interval ago. Holds the time left to wait.
    #[error("a mail was sent to this address a moment ago; try again in {} seconds", seconds(*.0))]
    TooSoon(TimeDelta),
    /// The mailbox got as many mails as it may. Holds the time until it may get the next one.
    #[error("this mailbox has been sent too many invitations; try again in {}", wait(*.0))]
    MailboxLimit(TimeDelta),
    /// The account sent as many mails as it may. Holds the time until it may send the next one.
    #[error("this account has sent as many invitations as it may in a day; try again in {}", wait(*.0))]
    AccountLimit(TimeDelta),
    /// The inviter sent as many mails as one may. Holds the time until the inviter may send the next one.
    #[error("you have sent as many invitations as you may in a day; try again in {}", wait(*.0))]
    InviterLimit(TimeDelta),
    /// The address declined an invitation of the account. Holds the time until it may be invited again.
    #[error("the owner of this address declined an invitation to this account; it can be invited again in {}", wait(*.0))]
    Declined(TimeDelta),
    /// The owner of the mailbox wants no mail.
    #[error("the owner of this address does not want invitations")]
    Blocked,
}

impl MailRefusal {
    /// Whole seconds after which the same request can succeed, rounded up. `None` if waiting does not help.
    #[must_use]
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooSoon(rest)
            | Self::MailboxLimit(rest)
            | Self::AccountLimit(rest)
            | Self::InviterLimit(rest)
            | Self::Declined(rest) => Some(seconds(*rest)),
            Self::Blocked => None,
        }
    }

    /// Whether the recipient refused the mail, and not a limit.
    #[must_use]
    pub const fn is_by_recipient(&self) -> bool {
        matches!(self, Self::Declined(_) | Self::Blocked)
    }
}

fn seconds(rest: TimeDelta) -> i64 {
    ((rest.num_milliseconds() + 999) / 1000).max(1)
}

/// The time to wait, for people, rounded up.
fn wait(rest: TimeDelta) -> String {
    match (seconds(rest) + 59) / 60 {
        ..=1 => "a minute".to_owned(),
        minutes @ 2..=120 => format!("{minutes} minutes"),
        minutes @ 121..=2880 => format!("{} hours", (minutes + 59) / 60),
        minutes => format!("{} days", (minutes + 1439) / 1440),
    }
}

/// Whom a count of mails is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuotaSubject {
    /// The recipient's mailbox.
    Mailbox(Mailbox),
    /// The account.
    Account(AccountId),
    /// The member who invites.
    Inviter(PersonId),
}

impl QuotaSubject {
    /// The stored spelling.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Mailbox(mailbox) => format!("mailbox:{}", mailbox.as_str()),
            Self::Account(id) => format!("account:{}", id.get()),
            Self::Inviter(id) => format!("inviter:{}", id.get()),
        }
    }
}

/// The mails that count against the limits of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailQuota {
    /// The stored spelling of the subject.
    pub subject: String,
    /// Account and inviter: the beginning of the UTC day of `mails`. Mailbox: the time of its last mail.
    pub window_start: Timestamp,
    /// Account and inviter: the mails of that day.
    pub mails: u32,
    /// Mailbox: the times of its mails of the last 24 hours, the oldest first.
    pub recent: Vec<Timestamp>,
    /// Mailbox: since when its owner wants no mail.
    pub blocked_at: Option<Timestamp>,
}

const DAY: TimeDelta = TimeDelta::hours(24);

impl MailQuota {
    /// The quota of a subject that has no mails yet.
    #[must_use]
    pub const fn empty(subject: String, now: Timestamp) -> Self {
        Self { subject, window_start: now, mails: 0, recent: Vec::new(), blocked_at: None }
    }

    /// Whether its mailbox may get a mail now.
    pub(crate) fn check_mailbox(&self, limits: &MailLimits, now: Timestamp) -> Result<(), MailRefusal> {
        if self.blocked_at.is_some() {
            return Err(MailRefusal::Blocked);
        }
        let rest = |limit: u32, length: TimeDelta| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let oldest = self.recent.len().checked_sub(limit).and_then(|place| self.recent.get(place));
            oldest.filter(|_| limit > 0).map(|oldest| *oldest + length - now)
        };
        let hour = rest(limits.per_mailbox_per_hour, TimeDelta::hours(1));
        let day = rest(limits.per_mailbox_per_day, DAY);
        match hour.max(day) {
            Some(rest) if rest > TimeDelta::zero() => Err(MailRefusal::MailboxLimit(rest)),
            _ => Ok(()),
        }
    }

    /// Counts a mail to its mailbox. The mails of the last day are kept, but no more than the larger limit.
    pub(crate) fn count_mailbox(&mut self, limits: &MailLimits, now: Timestamp) {
        self.recent.retain(|at| *at > now - DAY);
        self.recent.push(now);
        let most = limits.per_mailbox_per_hour.max(limits.per_mailbox_per_day);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let surplus = self.recent.len().saturating_sub(most);
        self.recent.drain(..surplus);
        self.window_start = now;
    }

    /// The time to wait, if the mails of this UTC day reach the limit.
    pub(crate) fn rest_of_day(&self, limit: u32, now: Timestamp) -> Option<TimeDelta> {
        let day = day_of(now);
        (limit > 0 && self.window_start == day && self.mails >= limit).then(|| day + DAY - now)
    }

    /// Counts a mail of its account or inviter.
    pub(crate) fn count_day(&mut self, now: Timestamp) {
        let day = day_of(now);
        if self.window_start != day {
            (self.window_start, self.mails) = (day, 0);
        }
        self.mails = self.mails.saturating_add(1);
    }

    /// Quotas whose window began before this moment count nothing any more.
    #[must_use]
    pub fn stale_at(now: Timestamp) -> Timestamp {
        now - DAY
    }
}

fn day_of(moment: Timestamp) -> Timestamp {
    moment.date_naive().and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: MailLimits = MailLimits {
        per_mailbox_per_hour: 2,
        per_mailbox_per_day: 3,
        per_account_per_day: 0,
        per_inviter_per_day: 0,
    };

    fn minute(minutes: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    /// Windows slide: no hour has more mails than the limit, wherever it begins.
    #[test]
    fn a_mailbox_gets_no_more_mails_in_any_hour_or_day() {
        let mut quota = MailQuota::empty(String::new(), minute(0));
        let mut sent = Vec::new();
        for now in 0..3000 {
            match quota.check_mailbox(&LIMITS, minute(now)) {
                Ok(()) => {
                    quota.count_mailbox(&LIMITS, minute(now));
                    sent.push(now);
                }
                Err(MailRefusal::MailboxLimit(rest)) => {
                    let later = minute(now) + rest;
                    assert_eq!(quota.check_mailbox(&LIMITS, later), Ok(()), "the wait is enough");
                    let early = later - TimeDelta::seconds(1);
                    assert!(quota.check_mailbox(&LIMITS, early).is_err(), "a shorter wait is not");
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(sent, [0, 1, 60, 1440, 1441, 1500, 2880, 2881, 2940]);
    }

    #[test]
    fn a_day_of_an_account_ends_at_midnight() {
        let mut quota = MailQuota::empty(String::new(), minute(0));
        quota.count_day(minute(0));
        assert_eq!(quota.rest_of_day(2, minute(0)), None);
        quota.count_day(minute(0));
        let rest = quota.rest_of_day(2, minute(0)).unwrap();
        assert_eq!(quota.rest_of_day(0, minute(0)), None, "0 is no limit");
        assert_eq!(minute(0) + rest, day_of(minute(0) + rest));
        assert_eq!(quota.rest_of_day(2, minute(0) + rest), None);
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(MailRefusal::TooSoon(TimeDelta::milliseconds(1001)).retry_after(), Some(2));
        assert_eq!(MailRefusal::Blocked.retry_after(), None);
        let text = |minutes| MailRefusal::MailboxLimit(TimeDelta::minutes(minutes)).to_string();
        assert!(text(59).ends_with("in 59 minutes"), "{}", text(59));
        assert!(text(601).ends_with("in 11 hours"));
        assert!(text(2881).ends_with("in 3 days"));
    }
}
