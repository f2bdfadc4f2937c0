use super::StoreError;
use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, SecureId},
};

/// Which end a list begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By ascending number.
    #[default]
    OldestFirst,
    /// By descending number.
    NewestFirst,
}

impl Order {
    /// The other one.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::OldestFirst => Self::NewestFirst,
            Self::NewestFirst => Self::OldestFirst,
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// Most rows; `None` for all.
    pub limit: Option<u32>,
    /// Rows to leave out at the beginning.
    pub offset: u64,
    /// Which end the beginning is.
    pub order: Order,
}

impl Page {
    /// The same part of a list of `count` rows, counted from the nearer end, and whether its rows then come in reverse.
    /// Rows that are left out cost time too: in this way never more than half of them.
    #[must_use]
    pub fn from_nearer_end(self, count: u64) -> (Self, bool) {
        let rest = count.saturating_sub(self.offset);
        let rows = self.limit.filter(|limit| u64::from(*limit) < rest);
        let behind = rows.map_or(0, |limit| rest - u64::from(limit));
        if behind >= self.offset {
            return (self, false);
        }
        let limit = rows.or(u32::try_from(rest).ok());
        match limit {
            Some(limit) => (Self { limit: Some(limit), offset: behind, order: self.order.reversed() }, true),
            None => (self, false),
        }
    }
}

/// Invitations. Apart from lookups by the secure id everything is scoped to an account: another account's row does not
/// exist.
pub trait Invitations {
    /// Writes a new one: pending, generation 0, version 0. `Conflict(PendingInvitation)` when the address has one
    /// stored as pending in the account, even if its time is over and nobody wrote that down yet.
    fn insert_invitation(&mut self, invitation: &NewInvitation) -> Result<Invitation, StoreError>;
    /// Writes status, sponsor, generation, `closed_*`, `updated_at`, `sent_at` and `expires_at` of an invitation read
    /// in this unit and counts its version up. `Contended` when the stored version is another one;
    /// `Conflict(PendingInvitation)` when it becomes pending beside another one.
    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError>;
    /// By number, in any status.
    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError>;
    /// By what Fastly's clients name it by, in any status.
    fn invitation_by_public_id(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
    ) -> Result<Option<Invitation>, StoreError>;
    /// By what the link names, in any status.
    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError>;
    /// The one stored as pending for an address, expired or not.
    fn pending_invitation(
        &mut self,
        account: AccountId,
        email: &EmailAddress,
    ) -> Result<Option<Invitation>, StoreError>;
    /// Those open at `now`, by number, without those that cannot be read: these keep their places in the
    /// pages, which are the shorter for them.
    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Invitation>, StoreError>;
    /// How many are open at `now`, those included that cannot be read.
    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError>;
    /// Stored as pending although their time was over at `now`, of all accounts, the earliest end first;
    /// without those that cannot be read.
    fn overdue_invitations(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Invitation>, StoreError>;
}
