use super::Invitation;
use crate::{Timestamp, id::PersonId};

/// The status of an invitation. All but `Pending` are final, except that an expired invitation can be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Open.
    Pending,
    /// The invitee became a member.
    Accepted,
    /// The invitee declined.
    Declined,
    /// A member revoked it.
    Revoked,
    /// Its term ended without an answer.
    Expired,
}

impl Status {
    /// Every status.
    pub const EVERY: [Self; 5] =
        [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    /// The stored spelling. It never changes.
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

/// The invitation has this status and is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the invitation is {}", .0.as_str())]
pub struct NotPending(pub Status);

impl Invitation {
    /// The status at a moment. This is the only definition of an expired invitation, for lists, acceptance and the sweep.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> Status {
        if self.status == Status::Pending && self.expires_at <= now { Status::Expired } else { self.status }
    }

    /// Records that the invitee became a member.
    pub fn accept(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Accepted, Some(by), now)
    }

    /// Records that the invitee declined. An invitee without a login has no person.
    pub fn decline(&mut self, by: Option<PersonId>, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Declined, by, now)
    }

    /// Revokes the invitation. An expired one can be revoked too, so that it cannot be resent.
    pub fn revoke(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending, Status::Expired], now)?;
        self.end(Status::Revoked, Some(by), now);
        Ok(())
    }

    /// Records that a pending invitation has expired. Returns `false` if it has not, and changes nothing then.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let due = self.status == Status::Pending && self.status_at(now) == Status::Expired;
        if due {
            self.end(Status::Expired, None, now);
        }
        due
    }

    /// Renews a pending or expired invitation for a resend: the same term again, and a new generation of the link key. The
    /// member who resends becomes the sponsor.
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
