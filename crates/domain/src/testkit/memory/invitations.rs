use super::{
    MemoryTx,
    state::{State, unique},
};
use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, OpenInvitation, SecureId, Status},
    port::{
        StoreError,
        store::{
            Addressee, AddresseeHistory, Constraint, HistoryPage, Invitations, Offer, OpenList, OpenPart,
            Order, Page,
        },
    },
};

impl State {
    fn stored_pending(&self, account: AccountId, email: &EmailAddress) -> Option<Invitation> {
        self.invitations.find(|invitation| {
            invitation.account_id == account
                && invitation.status == Status::Pending
                && invitation.email == *email
        })
    }

    fn insert_invitation(&mut self, new: &NewInvitation) -> Result<Option<Invitation>, StoreError> {
        if self.stored_pending(new.account_id, &new.email).is_some() {
            return Ok(None);
        }
        let repeated = self
            .invitations
            .has(|other| other.public_id == new.public_id || other.secure_id == new.secure_id);
        unique(repeated, Constraint::RandomId)?;
        self.require_account(new.account_id)?;
        self.require_people([new.sponsor])?;
        Ok(Some(self.invitations.insert(|id| new.numbered(InvitationId::new(id)))))
    }

    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        let other = self
            .stored_pending(invitation.account_id, &invitation.email)
            .filter(|other| other.id != invitation.id);
        let people = [invitation.sponsor, invitation.closed_by].into_iter().flatten();
        let referred = self.require_people(people);
        let stored = self.invitations.get_mut(invitation.id.get()).filter(|stored| {
            stored.version == invitation.version && stored.account_id == invitation.account_id
        });
        let stored = stored.ok_or(StoreError::Contended)?;
        unique(invitation.status == Status::Pending && other.is_some(), Constraint::PendingInvitation)?;
        referred?;
        stored.status = invitation.status;
        stored.sponsor = invitation.sponsor;
        stored.generation = invitation.generation;
        stored.closed_at = invitation.closed_at;
        stored.closed_by = invitation.closed_by;
        stored.updated_at = invitation.updated_at;
        stored.sent_at = invitation.sent_at;
        stored.expires_at = invitation.expires_at;
        stored.version += 1;
        Ok(())
    }

    fn offer(&self, secure_id: &SecureId) -> Option<Offer> {
        let invitation = self.invitations.find(|invitation| invitation.secure_id == *secure_id)?;
        let account = self.accounts.get(invitation.account_id.get())?.clone();
        let sponsor = invitation.sponsor;
        let sponsor =
            sponsor.and_then(|person| self.memberships.get(&(person, invitation.account_id)).cloned());
        Some(Offer { invitation, account, sponsor })
    }

    /// The open invitations in the given order.
    fn open_in(&self, account: AccountId, now: Timestamp, order: Order) -> Vec<Invitation> {
        let mut open = self.open_at(account, now);
        if order == Order::NewestFirst {
            open.reverse();
        }
        open
    }

    fn open_part(&self, now: Timestamp, list: &OpenList<'_>) -> Option<OpenPart> {
        let named = |id: &PublicId| {
            self.invitations.find(|other| other.account_id == list.account && other.public_id == *id)
        };
        let after = list.after.map(|id| named(id).ok_or(())).transpose().ok()?;
        let open = self.open_in(list.account, now, list.order);
        let is_behind = |invitation: &Invitation| {
            after.as_ref().is_none_or(|after| match list.order {
                Order::OldestFirst => invitation.id > after.id,
                Order::NewestFirst => invitation.id < after.id,
            })
        };
        let count = u64::try_from(open.len()).unwrap_or(u64::MAX);
        let mut behind = open.into_iter().filter(is_behind);
        let invitations = behind.by_ref().take(size(list.limit)).map(OpenInvitation::from).collect();
        Some(OpenPart { count, invitations, more: behind.next().is_some() })
    }

    fn open_at(&self, account: AccountId, now: Timestamp) -> Vec<Invitation> {
        self.invitations.filtered(|invitation| {
            invitation.account_id == account && invitation.status_at(now) == Status::Pending
        })
    }
}

impl Invitations for MemoryTx {
    fn insert_invitations(&mut self, new: &[NewInvitation]) -> Result<Vec<Option<Invitation>>, StoreError> {
        self.write(|state| new.iter().map(|new| state.insert_invitation(new)).collect())
    }

    fn update_invitations(&mut self, invitations: &[Invitation]) -> Result<(), StoreError> {
        self.write(|state| invitations.iter().try_for_each(|invitation| state.update_invitation(invitation)))
    }

    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.read(|state| {
            let found = state.invitations.get(id.get());
            Ok(found.filter(|invitation| invitation.account_id == account).cloned())
        })
    }

    fn invitations(
        &mut self,
        named: &[(AccountId, InvitationId)],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        self.read(|state| {
            let found = named.iter().map(|(account, id)| {
                let found = state.invitations.get(id.get());
                found.filter(|invitation| invitation.account_id == *account).cloned()
            });
            Ok(found.collect())
        })
    }

    fn invitation_by_public_id(
        &mut self,
        account: AccountId,
        public_id: &PublicId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.read(|state| {
            Ok(state
                .invitations
                .find(|invitation| invitation.account_id == account && invitation.public_id == *public_id))
        })
    }

    fn invitation_by_secure_id(&mut self, secure_id: &SecureId) -> Result<Option<Invitation>, StoreError> {
        self.read(|state| Ok(state.invitations.find(|invitation| invitation.secure_id == *secure_id)))
    }

    fn offers(&mut self, secure_ids: &[&SecureId]) -> Result<Vec<Option<Offer>>, StoreError> {
        self.read(|state| Ok(secure_ids.iter().map(|secure_id| state.offer(secure_id)).collect()))
    }

    fn pending_invitations(
        &mut self,
        addressees: &[Addressee<'_>],
    ) -> Result<Vec<Option<Invitation>>, StoreError> {
        self.read(|state| {
            let pending = |of: &Addressee<'_>| state.stored_pending(of.account, of.email);
            Ok(addressees.iter().map(pending).collect())
        })
    }

    fn histories(
        &mut self,
        addressees: &[Addressee<'_>],
        since: Timestamp,
    ) -> Result<Vec<AddresseeHistory>, StoreError> {
        self.read(|state| {
            let history = |of: &Addressee<'_>| {
                let mut history = AddresseeHistory::default();
                let of_address = state.invitations.filtered(|invitation| {
                    invitation.account_id == of.account
                        && invitation.email == *of.email
                        && invitation.closed_at.is_none_or(|closed_at| closed_at > since)
                });
                for invitation in of_address {
                    history.add(invitation);
                }
                history
            };
            Ok(addressees.iter().map(history).collect())
        })
    }

    fn open_parts(
        &mut self,
        now: Timestamp,
        lists: &[OpenList<'_>],
    ) -> Result<Vec<Option<OpenPart>>, StoreError> {
        self.read(|state| Ok(lists.iter().map(|list| state.open_part(now, list)).collect()))
    }

    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<OpenInvitation>, StoreError> {
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let limit = page.limit.map_or(usize::MAX, size);
        self.read(|state| {
            let open = state.open_in(account, now, page.order);
            Ok(open.into_iter().skip(offset).take(limit).map(OpenInvitation::from).collect())
        })
    }

    fn invitation_history(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: HistoryPage,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.read(|state| {
            let mut found = state.invitations.filtered(|invitation| {
                invitation.account_id == account
                    && page.before.is_none_or(|before| invitation.id < before)
                    && page.status.is_none_or(|status| invitation.status_at(now) == status)
            });
            found.reverse();
            found.truncate(size(page.limit));
            Ok(found)
        })
    }

    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
        self.read(|state| Ok(u64::try_from(state.open_at(account, now).len()).unwrap_or(u64::MAX)))
    }

    /// Nothing to do: counts are computed when they are read.
    fn settle_open_counts(&mut self) -> Result<usize, StoreError> {
        Ok(0)
    }

    fn erase_ended(&mut self, before: Timestamp, _: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.write(|state| {
            let mut ended = state.invitations.filtered(|invitation| {
                invitation.closed_at.is_some_and(|at| at < before) && !invitation.is_erased()
            });
            ended.sort_by_key(|invitation| (invitation.closed_at, invitation.id));
            ended.truncate(size(limit));
            for invitation in &ended {
                if let Some(stored) = state.invitations.get_mut(invitation.id.get()) {
                    stored.email = EmailAddress::erased();
                    stored.name = None;
                    stored.locale = None;
                    stored.version += 1;
                }
            }
            Ok(ended.len())
        })
    }

    fn delete_invitations_to(&mut self, email: &EmailAddress) -> Result<usize, StoreError> {
        self.write(|state| {
            let deleted: Vec<_> = state.invitations.filtered(|invitation| invitation.email == *email);
            let is_deleted = |id: InvitationId| deleted.iter().any(|invitation| invitation.id == id);
            state.mails.retain(|mail| !is_deleted(mail.invitation_id));
            state.invitations.retain(|invitation| invitation.email != *email);
            Ok(deleted.len())
        })
    }

    fn overdue_invitations(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Invitation>, StoreError> {
        self.read(|state| {
            let mut overdue = state.invitations.filtered(|invitation| {
                invitation.status == Status::Pending && invitation.status_at(now) == Status::Expired
            });
            overdue.sort_by_key(|invitation| (invitation.expires_at, invitation.id));
            overdue.truncate(size(limit));
            Ok(overdue)
        })
    }
}

/// A limit as `usize`.
pub(super) fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
