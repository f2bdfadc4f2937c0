use super::{
    MemoryTx,
    invitations::size,
    state::{State, present, unique},
};
use crate::{
    Timestamp,
    id::{AccountId, InvitationId, MailId},
    outbox::{LeaseToken, Mail, MailState, NewMail},
    port::{
        StoreError,
        store::{Constraint, Outbox, Settlement},
    },
};

/// The moment from which a queued mail can be claimed.
pub(super) fn claimable_from(mail: &Mail) -> Timestamp {
    mail.lease.as_ref().map_or(mail.due_at, |(until, _)| *until)
}

impl State {
    fn enqueue(&mut self, new: NewMail) -> Result<(), StoreError> {
        unique(self.mails.has(|other| other.reference == new.reference), Constraint::RandomId)?;
        self.require_account(new.account_id)?;
        present(self.invitations.get(new.invitation_id.get()).is_some())?;
        self.mails.insert(|id| Mail {
            id: MailId::new(id),
            reference: new.reference,
            account_id: new.account_id,
            invitation_id: new.invitation_id,
            generation: new.generation,
            state: MailState::Queued,
            attempts: 0,
            due_at: new.created_at,
            lease: None,
            last_error: None,
            created_at: new.created_at,
            updated_at: new.created_at,
        });
        Ok(())
    }
}

impl Outbox for MemoryTx {
    fn enqueue(&mut self, mails: &[NewMail]) -> Result<(), StoreError> {
        self.write(|state| mails.iter().try_for_each(|new| state.enqueue(new.clone())))
    }

    fn claim_mails(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        token: &LeaseToken,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        self.write(|state| {
            let mut free =
                state.mails.filtered(|mail| mail.state == MailState::Queued && claimable_from(mail) <= now);
            free.sort_by_key(|mail| (claimable_from(mail), mail.id));
            free.truncate(size(limit));
            for mail in &mut free {
                mail.lease = Some((until, token.clone()));
                if let Some(stored) = state.mails.get_mut(mail.id.get()) {
                    stored.lease.clone_from(&mail.lease);
                }
            }
            Ok(free)
        })
    }

    fn settle_mail(
        &mut self,
        id: MailId,
        token: &LeaseToken,
        settlement: &Settlement,
    ) -> Result<bool, StoreError> {
        self.write(|state| {
            let held = |mail: &&mut Mail| mail.lease.as_ref().is_some_and(|(_, holder)| holder == token);
            let Some(mail) = state.mails.get_mut(id.get()).filter(held) else { return Ok(false) };
            mail.state = settlement.state;
            mail.attempts = settlement.attempts;
            mail.due_at = settlement.due_at;
            mail.last_error.clone_from(&settlement.error);
            mail.updated_at = settlement.at;
            mail.lease = None;
            Ok(true)
        })
    }

    fn mails_of(&mut self, account: AccountId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError> {
        self.read(|state| {
            Ok(state.mails.filtered(|mail| mail.account_id == account && mail.invitation_id == invitation))
        })
    }

    fn next_mail_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|state| {
            let queued = state.mails.iter().filter(|mail| mail.state == MailState::Queued);
            Ok(queued.map(claimable_from).min())
        })
    }
}
