use super::{MemoryTx, state::unique};
use crate::{
    account::{Account, AccountName, NewAccount},
    id::{AccountId, PersonId},
    membership::Membership,
    person::Person,
    port::{
        StoreError,
        store::{Accounts, Addressee, Constraint, Memberships},
    },
};

impl Accounts for MemoryTx {
    fn insert_account(&mut self, account: &NewAccount) -> Result<Account, StoreError> {
        self.write(|state| {
            unique(state.accounts.has(|other| other.name == account.name), Constraint::AccountName)?;
            unique(state.accounts.has(|other| other.public_id == account.public_id), Constraint::RandomId)?;
            let NewAccount { public_id, name, title, created_at } = account.clone();
            Ok(state.accounts.insert(|id| Account {
                id: AccountId::new(id),
                public_id,
                name,
                title,
                created_at,
            }))
        })
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.read(|state| Ok(state.accounts.get(id.get()).cloned()))
    }

    fn account_by_name(&mut self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        self.read(|state| Ok(state.accounts.find(|account| account.name == *name)))
    }

    fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        self.read(|state| {
            let mut accounts = state.accounts.filtered(|_| true);
            accounts.sort_by(|left, right| left.name.cmp(&right.name));
            Ok(accounts)
        })
    }

    /// Units run one after the other here.
    fn lock_account(&mut self, id: AccountId) -> Result<(), StoreError> {
        self.write(|state| state.accounts.get(id.get()).map(drop).ok_or(StoreError::Contended))
    }
}

impl Memberships for MemoryTx {
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), StoreError> {
        self.write(|state| {
            memberships.iter().try_for_each(|membership| {
                let key = (membership.person_id, membership.account_id);
                unique(state.memberships.contains_key(&key), Constraint::Membership)?;
                state.require_account(membership.account_id)?;
                state.require_people([membership.person_id])?;
                state.memberships.insert(key, membership.clone());
                Ok(())
            })
        })
    }

    fn membership(&mut self, account: AccountId, person: PersonId) -> Result<Option<Membership>, StoreError> {
        self.read(|state| Ok(state.memberships.get(&(person, account)).cloned()))
    }

    fn memberships_of(&mut self, person: PersonId) -> Result<Vec<(Account, Membership)>, StoreError> {
        self.read(|state| Ok(state.memberships_of(person)))
    }

    fn update_membership(&mut self, membership: &Membership) -> Result<bool, StoreError> {
        self.write(|state| {
            let stored = state.memberships.get_mut(&(membership.person_id, membership.account_id));
            Ok(stored.map(|stored| stored.grant = membership.grant.clone()).is_some())
        })
    }

    fn members(&mut self, account: AccountId) -> Result<Vec<(Person, Membership)>, StoreError> {
        self.read(|state| {
            let here = state.memberships.values().filter(|membership| membership.account_id == account);
            let with_person = |membership: &Membership| {
                Some((state.people.get(membership.person_id.get())?.clone(), membership.clone()))
            };
            let mut members: Vec<_> = here.filter_map(with_person).collect();
            members.sort_by(|(left, _), (right, _)| left.email.key().cmp(right.email.key()));
            Ok(members)
        })
    }

    fn are_members(&mut self, addressees: &[Addressee<'_>]) -> Result<Vec<bool>, StoreError> {
        self.read(|state| {
            let is_member = |addressee: &Addressee<'_>| {
                let person = state.people.find(|person| person.email == *addressee.email);
                person.is_some_and(|person| state.memberships.contains_key(&(person.id, addressee.account)))
            };
            Ok(addressees.iter().map(is_member).collect())
        })
    }

    fn delete_membership(&mut self, account: AccountId, person: PersonId) -> Result<bool, StoreError> {
        self.write(|state| {
            state.access_tokens.retain(|(token, _)| (token.account_id, token.person_id) != (account, person));
            Ok(state.memberships.remove(&(person, account)).is_some())
        })
    }
}
