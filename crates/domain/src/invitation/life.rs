use super::{Invitation, NotPending, Status};
use crate::{Timestamp, address::ERASED, id::PersonId};

impl Invitation {
    /// The status at a moment. This is the only definition of an expired invitation, for lists, acceptance and the sweep.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> Status {
        if self.status == Status::Pending && self.expires_at <= now { Status::Expired } else { self.status }
    }

    /// Whether its personal data was erased, some time after its end.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.email.key() == ERASED
    }

    /// Records that the invitee became a member.
    pub fn accept(&mut self, by: PersonId, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Accepted, Some(by), now)
    }

    /// Records that the invitee declined. An invitee without a login has no person.
    pub fn decline(&mut self, by: Option<PersonId>, now: Timestamp) -> Result<(), NotPending> {
        self.close(Status::Declined, by, now)
    }

    /// Takes a decline back, until the expiry of the invitation. Its link stays the same.
    pub fn reopen(&mut self, now: Timestamp) -> Result<(), NotPending> {
        if self.status == Status::Declined && self.expires_at <= now {
            return Err(NotPending(Status::Expired));
        }
        self.require(&[Status::Declined], now)?;
        self.status = Status::Pending;
        self.closed_at = None;
        self.closed_by = None;
        self.updated_at = now;
        Ok(())
    }

    /// Revokes the invitation. An expired one can be revoked too, so that it cannot be resent. An operator is no person.
    pub fn revoke(&mut self, by: impl Into<Option<PersonId>>, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending, Status::Expired], now)?;
        self.end(Status::Revoked, by.into(), now);
        Ok(())
    }

    /// Records that a pending invitation has expired. If it has not, returns `false` and changes nothing.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let due = self.status == Status::Pending && self.status_at(now) == Status::Expired;
        if due {
            self.end(Status::Expired, None, now);
        }
        due
    }

    /// Renews a pending or expired invitation for a resend: the same term again, and a new generation of the link key. The
    /// member who resends becomes the sponsor. An operator is no person, so the sponsor stays.
    pub fn renew(&mut self, by: impl Into<Option<PersonId>>, now: Timestamp) -> Result<(), NotPending> {
        self.require(&[Status::Pending, Status::Expired], now)?;
        self.expires_at = now + (self.expires_at - self.sent_at);
        self.status = Status::Pending;
        self.closed_at = None;
        self.closed_by = None;
        self.sponsor = by.into().or(self.sponsor);
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
