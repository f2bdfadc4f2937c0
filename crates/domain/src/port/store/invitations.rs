use std::slice;

use super::StoreError;
use crate::{
    Timestamp,
    account::{Account, PublicId},
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, OpenInvitation, SecureId, Status},
    membership::Membership,
};

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// By ascending number.
    #[default]
    OldestFirst,
    /// By descending number.
    NewestFirst,
}

impl Order {
    /// The opposite order.
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
    /// Most rows; `None` for all rows.
    pub limit: Option<u32>,
    /// Rows to skip.
    pub offset: u64,
    /// The order of the list.
    pub order: Order,
}

impl Page {
    /// The same part of a list of `count` rows, counted from the nearer end, and whether its rows are then reversed. Skipped
    /// rows cost time; in this way at most half of the list is skipped.
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

/// An address in an account, which has at most one pending invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressee<'a> {
    /// The account.
    pub account: AccountId,
    /// The address.
    pub email: &'a EmailAddress,
}

/// The invitations of an address in an account that matter when it is invited again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddresseeHistory {
    /// The invitation stored as pending, expired or not.
    pub pending: Option<Invitation>,
    /// When the last mail of an ended invitation was queued.
    pub last_sent: Option<Timestamp>,
    /// When an invitation was last declined.
    pub declined_at: Option<Timestamp>,
}

impl AddresseeHistory {
    /// Adds an invitation of the address.
    pub fn add(&mut self, invitation: Invitation) {
        if invitation.status == Status::Pending {
            self.pending = Some(invitation);
            return;
        }
        self.last_sent = self.last_sent.max(Some(invitation.sent_at));
        if invitation.status == Status::Declined {
            self.declined_at = self.declined_at.max(invitation.closed_at);
        }
    }
}

/// A part of an account's list of open invitations that starts after a given invitation. Its cost does not depend on
/// its depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenList<'a> {
    /// The account.
    pub account: AccountId,
    /// The part starts after this invitation, open or not. Without one it starts at the beginning.
    pub after: Option<&'a PublicId>,
    /// Most rows.
    pub limit: u32,
    /// The order of the list.
    pub order: Order,
}

/// A part of an account's invitations in any status, by descending number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPage {
    /// Only invitations of this status at the moment of the list; `None` for all.
    pub status: Option<Status>,
    /// Only smaller numbers than this one.
    pub before: Option<InvitationId>,
    /// Most rows.
    pub limit: u32,
}

/// A part of a list of open invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPart {
    /// The number of all open invitations of the account.
    pub count: u64,
    /// The invitations of the part, without those that cannot be read.
    pub invitations: Vec<OpenInvitation>,
    /// Whether the list continues after the part.
    pub more: bool,
}

/// An invitation with the rows that decide whether it can be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The invitation.
    pub invitation: Invitation,
    /// Its account.
    pub account: Account,
    /// The membership of its sponsor, if there is one.
    pub sponsor: Option<Membership>,
}

/// Invitations. Except for look-ups by the secure id, every operation is scoped to an account and does not see other accounts'
/// rows.
pub trait Invitations {
    /// Inserts invitations: pending, generation 0, version 0. Returns them in the given order, with `None` where the address
    /// already has an invitation stored as pending in the account, expired or not.
    fn insert_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// Updates status, sponsor, generation, `closed_*`, `updated_at`, `sent_at` and `expires_at` of an invitation that this
    /// unit has read, and increments the version. `Contended` when the stored version differs; `Conflict(PendingInvitation)`
    /// when it becomes pending while its address already has a pending invitation in the account.
    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        self.update_invitations(slice::from_ref(invitation))
    }
    /// As [`Self::update_invitation`], for several distinct invitations.
    fn update_invitations(&mut self, invitations: &[Invitation]) -> Result<(), StoreError>;
    /// By number, in any status.
    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError>;
    /// By account and number, in any status and in the given order.
    fn invitations(
        &mut self,
        named: &[(AccountId, InvitationId)],
    ) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// By public id, in any status.
    fn invitation_by_public_id(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
    ) -> Result<Option<Invitation>, StoreError>;
    /// By secure id, in any status.
    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError>;
    /// By secure id, in any status and in the given order, each with its account and sponsor.
    fn offers(&mut self, secure_ids: &[&SecureId]) -> Result<Vec<Option<Offer>>, StoreError>;
    /// The invitation stored as pending for each address in an account, expired or not, in the given order.
    fn pending_invitations(
        &mut self,
        addressees: &[Addressee<'_>],
    ) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// The history of each address in an account, in the given order: its pending invitation, and those that ended after
    /// `since`.
    fn histories(
        &mut self,
        addressees: &[Addressee<'_>],
        since: Timestamp,
    ) -> Result<Vec<AddresseeHistory>, StoreError>;
    /// The invitations open at `now`, by number, without those that cannot be read. Offsets and limits count the unreadable
    /// ones, so pages can be shorter.
    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<OpenInvitation>, StoreError>;
    /// The requested part of each list of invitations open at `now`, in the given order. `None` when the account has no
    /// invitation with the public id that the part starts after.
    fn open_parts(
        &mut self,
        now: Timestamp,
        lists: &[OpenList<'_>],
    ) -> Result<Vec<Option<OpenPart>>, StoreError>;
    /// A part of the invitations in any status, without those that cannot be read. An invitation that is stored as pending and has
    /// expired at `now` counts as expired. The cost grows with the number of rows of all accounts above the last one of the part, so
    /// this is for operators.
    fn invitation_history(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: HistoryPage,
    ) -> Result<Vec<Invitation>, StoreError>;
    /// The number of invitations open at `now`, including those that cannot be read.
    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError>;
    /// Housekeeping for the counts, to be called from time to time. It changes nothing that can be read. Returns the number of
    /// counts that it changed.
    fn settle_open_counts(&mut self) -> Result<usize, StoreError>;
    /// Deletes all invitations to an address, of every account and status, with their mails. Returns how many it deleted.
    fn delete_invitations_to(&mut self, email: &EmailAddress) -> Result<usize, StoreError>;
    /// The invitations of all accounts that are stored as pending but have expired at `now`, the earliest expiry first, without
    /// those that cannot be read.
    fn overdue_invitations(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Invitation>, StoreError>;
    /// Erases address, name and locale of up to `limit` invitations that ended before a moment, the earliest end first. Rows
    /// and their history stay. Returns how many it erased.
    fn erase_ended(&mut self, before: Timestamp, now: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
