use super::{MemoryTx, state::State};
use crate::{
    access_token::{TokenDigest, TokenHolder},
    account::Account,
    address::EmailAddress,
    id::PersonId,
    membership::Membership,
    port::{
        StoreError,
        store::{Callers, PersonWithMemberships},
    },
};

impl State {
    pub(super) fn memberships_of(&self, person: PersonId) -> Vec<(Account, Membership)> {
        let own = self.memberships.values().filter(|membership| membership.person_id == person);
        own.filter_map(|membership| {
            let account = self.accounts.get(membership.account_id.get())?;
            Some((account.clone(), membership.clone()))
        })
        .collect()
    }

    fn known(&self, email: &EmailAddress) -> Option<PersonWithMemberships> {
        let person = self.people.find(|person| person.email == *email)?;
        let memberships = self.memberships_of(person.id);
        Some(PersonWithMemberships { person, memberships })
    }

    fn token_holder(&self, digest: &TokenDigest) -> Option<TokenHolder> {
        let token = self.access_token(digest)?;
        let account = self.accounts.get(token.account_id.get())?.clone();
        let person = self.people.get(token.person_id.get())?.clone();
        let membership = self.memberships.get(&(token.person_id, token.account_id))?.clone();
        Some(TokenHolder { token, account, person, membership })
    }
}

impl Callers for MemoryTx {
    fn people_with_memberships(
        &mut self,
        emails: &[&EmailAddress],
    ) -> Result<Vec<Option<PersonWithMemberships>>, StoreError> {
        self.read(|state| Ok(emails.iter().map(|email| state.known(email)).collect()))
    }

    fn token_holders(&mut self, digests: &[&TokenDigest]) -> Result<Vec<Option<TokenHolder>>, StoreError> {
        self.read(|state| Ok(digests.iter().map(|digest| state.token_holder(digest)).collect()))
    }
}
