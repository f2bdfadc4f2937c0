use super::{
    MemoryTx,
    state::{State, unique},
};
use crate::{
    Timestamp,
    account::PublicId,
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, SecureId, Status},
    port::{
        StoreError,
        store::{Constraint, Invitations, Order, Page},
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

    fn open_at(&self, account: AccountId, now: Timestamp) -> Vec<Invitation> {
        self.invitations.filtered(|invitation| {
            invitation.account_id == account && invitation.status_at(now) == Status::Pending
        })
    }
}

impl Invitations for MemoryTx {
    fn insert_invitation(&mut self, invitation: &NewInvitation) -> Result<Invitation, StoreError> {
        let new = invitation.clone();
        self.write(|state| {
            let taken = state.stored_pending(new.account_id, &new.email).is_some();
            unique(taken, Constraint::PendingInvitation)?;
            let repeated = state
                .invitations
                .has(|other| other.public_id == new.public_id || other.secure_id == new.secure_id);
            unique(repeated, Constraint::RandomId)?;
            state.require_account(new.account_id)?;
            state.require_people([new.sponsor])?;
            Ok(state.invitations.insert(|id| Invitation {
                id: InvitationId::new(id),
                public_id: new.public_id,
                secure_id: new.secure_id,
                account_id: new.account_id,
                email: new.email,
                name: new.name,
                grant: new.grant,
                sponsor: Some(new.sponsor),
                status: Status::Pending,
                generation: 0,
                created_at: new.created_at,
                updated_at: new.created_at,
                sent_at: new.created_at,
                expires_at: new.expires_at,
                closed_at: None,
                closed_by: None,
                version: 0,
            }))
        })
    }

    fn update_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        self.write(|state| {
            let other = state
                .stored_pending(invitation.account_id, &invitation.email)
                .filter(|other| other.id != invitation.id);
            let people = [invitation.sponsor, invitation.closed_by].into_iter().flatten();
            let referred = state.require_people(people);
            let stored = state.invitations.get_mut(invitation.id.get()).filter(|stored| {
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
        })
    }

    fn invitation(&mut self, account: AccountId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.read(|state| {
            let found = state.invitations.get(id.get());
            Ok(found.filter(|invitation| invitation.account_id == account).cloned())
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

    fn pending_invitation(
        &mut self,
        account: AccountId,
        email: &EmailAddress,
    ) -> Result<Option<Invitation>, StoreError> {
        self.read(|state| Ok(state.stored_pending(account, email)))
    }

    fn open_invitations(
        &mut self,
        account: AccountId,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Invitation>, StoreError> {
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let limit = page.limit.map_or(usize::MAX, size);
        self.read(|state| {
            let mut open = state.open_at(account, now);
            if page.order == Order::NewestFirst {
                open.reverse();
            }
            Ok(open.into_iter().skip(offset).take(limit).collect())
        })
    }

    fn count_open_invitations(&mut self, account: AccountId, now: Timestamp) -> Result<u64, StoreError> {
        self.read(|state| Ok(u64::try_from(state.open_at(account, now).len()).unwrap_or(u64::MAX)))
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

/// A limit as a count of rows in memory.
pub(super) fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
