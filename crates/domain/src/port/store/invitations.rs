use std::slice;

use super::StoreError;
use crate::{
    Timestamp,
    account::{Account, PublicId},
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, OpenInvitation, SecureId},
    membership::Membership,
};

/// Which end a list begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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

/// An address in an account: what can be invited once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressee<'a> {
    /// The account.
    pub account: AccountId,
    /// The address.
    pub email: &'a EmailAddress,
}

/// A list of open invitations that is asked for by a place in it, which a part of any depth is as near to as the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenList<'a> {
    /// Whose.
    pub account: AccountId,
    /// The part begins behind that invitation, whether it is still open or not; without one at the beginning.
    pub after: Option<&'a PublicId>,
    /// Most rows.
    pub limit: u32,
    /// Which end the beginning is.
    pub order: Order,
}

/// A part of a list of open invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPart {
    /// How many are open in all.
    pub count: u64,
    /// Those of the part, without those that cannot be read.
    pub invitations: Vec<OpenInvitation>,
    /// Whether there are others behind them.
    pub more: bool,
}

/// An invitation with what decides whether it can be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The invitation.
    pub invitation: Invitation,
    /// Its account.
    pub account: Account,
    /// Which rights whoever answers for it has there, if any.
    pub sponsor: Option<Membership>,
}

/// Invitations. Apart from lookups by the secure id everything is scoped to an account: another account's row does not
/// exist.
pub trait Invitations {
    /// Writes new ones: pending, generation 0, version 0. In the place of each what was written; `None` where the address
    /// has one stored as pending in the account, even if its time is over and nobody wrote that down yet.
    fn insert_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// Writes status, sponsor, generation, `closed_*`, `updated_at`, `sent_at` and `expires_at` of an invitation read
    /// in this unit and counts its version up. `Contended` when the stored version is another one;
    /// `Conflict(PendingInvitation)` when it becomes pending beside another one.
    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        self.update_invitations(slice::from_ref(invitation))
    }
    /// As [`Self::update_invitation`], for several different ones.
    fn update_invitations(&mut self, invitations: &[Invitation]) -> Result<(), StoreError>;
    /// By number, in any status.
    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError>;
    /// By account and number, for each in its place; in any status.
    fn invitations(
        &mut self,
        named: &[(AccountId, InvitationId)],
    ) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// By what Fastly's clients name it by, in any status.
    fn invitation_by_public_id(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
    ) -> Result<Option<Invitation>, StoreError>;
    /// By what the link names, in any status.
    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError>;
    /// For each link, in its place, the invitation that it names, in any status, with what belongs to it.
    fn offers(&mut self, secure_ids: &[&SecureId]) -> Result<Vec<Option<Offer>>, StoreError>;
    /// For each address in an account, in its place, the one stored as pending, expired or not.
    fn pending_invitations(
        &mut self,
        addressees: &[Addressee<'_>],
    ) -> Result<Vec<Option<Invitation>>, StoreError>;
    /// Those open at `now`, by number, without those that cannot be read: these keep their places in the
    /// pages, which are the shorter for them.
    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<OpenInvitation>, StoreError>;
    /// For each list, in its place, the part that is asked for of those open at `now`. `None` when the account has no
    /// invitation that it should begin behind.
    fn open_parts(
        &mut self,
        now: Timestamp,
        lists: &[OpenList<'_>],
    ) -> Result<Vec<Option<OpenPart>>, StoreError>;
    /// How many are open at `now`, those included that cannot be read.
    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError>;
    /// Housekeeping for the counts, to be done now and then: nothing that can be read changes.
    fn settle_open_counts(&mut self) -> Result<(), StoreError>;
    /// Stored as pending although their time was over at `now`, of all accounts, the earliest end first;
    /// without those that cannot be read.
    fn overdue_invitations(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Invitation>, StoreError>;
}
