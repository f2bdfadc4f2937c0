use super::Invitation;
use crate::{Timestamp, id::PersonId};

/// Where an invitation is in its life. All but `Pending` are ends, kept as history; `Expired` alone can be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Open.
    Pending,
    /// The invitee became a member.
    Accepted,
    /// The invitee said no.
    Declined,
    /// A member took it back.
    Revoked,
    /// Nobody answered in time.
    Expired,
}

impl Status {
    /// Every status.
    pub const EVERY: [Self; 5] =
        [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    /// The stored spelling, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|status| status.as_str() == text)
    }
}

/// The invitation is not open; it is in this status at the moment asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the invitation is {}", .0.as_str())]
pub struct NotPending(pub Status);

impl Invitation {
    /// The status at a moment. This is the only definition of being expired: lists, acceptance and the sweep agree.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> Status {
        if self.status == Status::Pending && self.expires_at <= now { Status::Expired } else { self.status }
    }

    /// The invitee became a member.
    pub fn accept(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Accepted, Some(by), now)
    }

    /// The invitee said no; without a login nobody is named.
    pub fn decline(&mut self, by: Option<PersonId>, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Declined, by, now)
    }

    /// A member takes the invitation back. An expired one can be taken back too, so that nobody resends it.
    pub fn revoke(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending, Status::Expired], now)?;
        self.end(Status::Revoked, Some(by), now);
        Ok(())
    }

    /// Writes down that the time is over. Does nothing before, and nothing to an invitation that ended otherwise.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let due = self.status == Status::Pending && self.status_at(now) == Status::Expired;
        if due {
            self.end(Status::Expired, None, now);
        }
        due
    }

    /// Resends: open again for as long as it was meant to be, with a new generation of the key. Whoever resends becomes
    /// the sponsor.
    pub fn renew(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending, Status::Expired], now)?;
        self.expires_at = now + (self.expires_at - self.sent_at);
        self.status = Status::Pending;
        self.closed_at = None;
        self.closed_by = None;
        self.sponsor = Some(by);
        self.generation = self.generation.saturating_add(1);
        self.sent_at = now;
        self.updated_at = now;
        Ok(())
    }

    fn close(&mut self, status: Status, by: Option<PersonId>, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending], now)?;
        self.end(status, by, now);
        Ok(())
    }

    fn require(&self, allowed: &[Status], now: Timestamp) -> Result<(), NotPending> {
        let status = self.status_at(now);
        if allowed.contains(&status) { Ok(()) } else { Err(NotPending(status)) }
    }

    fn end(&mut self, status: Status, by: Option<PersonId>, now: Timestamp) {
        self.status = status;
        self.closed_at = Some(now);
        self.closed_by = by;
        self.updated_at = now;
    }
}
