use std::collections::HashMap;

use usher_domain::{
    access_token::{TokenDigest, TokenHolder},
    account::Account,
    address::EmailAddress,
    membership::Membership,
    port::{
        StoreError,
        store::{Callers, PersonWithMemberships},
    },
};

use super::DieselTx;
use crate::{
    dialect::{self, TokenHolderRows},
    rows::{AccountRow, MembershipRow},
};

impl Callers for DieselTx<'_> {
    fn people_with_memberships(
        &mut self,
        emails: &[&EmailAddress],
    ) -> Result<Vec<Option<PersonWithMemberships>>, StoreError> {
        let keys: Vec<&str> = emails.iter().map(|email| email.key()).collect();
        self.read(|connection| {
            let mut found: HashMap<String, PersonWithMemberships> = HashMap::new();
            for (person, members) in dialect::people_with_memberships(connection, &keys)? {
                let key = person.email_key().to_owned();
                let memberships = members.into_iter().map(member).collect::<Result<_, _>>()?;
                found.insert(key, PersonWithMemberships { person: person.try_into()?, memberships });
            }
            Ok(keys.iter().map(|key| found.get(*key).cloned()).collect())
        })
    }

    fn token_holders(&mut self, digests: &[&TokenDigest]) -> Result<Vec<Option<TokenHolder>>, StoreError> {
        let digests: Vec<&str> = digests.iter().map(|digest| digest.as_str()).collect();
        self.read(|connection| {
            let mut found: HashMap<String, TokenHolder> = HashMap::new();
            for (digest, rows) in dialect::token_holders(connection, &digests)? {
                found.insert(digest, holder(rows)?);
            }
            Ok(digests.iter().map(|digest| found.get(*digest).cloned()).collect())
        })
    }
}

fn member((membership, account): (MembershipRow, AccountRow)) -> Result<(Account, Membership), StoreError> {
    Ok((account.try_into()?, membership.try_into()?))
}

fn holder((token, account, person, membership): TokenHolderRows) -> Result<TokenHolder, StoreError> {
    Ok(TokenHolder {
        token: token.try_into()?,
        account: account.try_into()?,
        person: person.try_into()?,
        membership: membership.try_into()?,
    })
}
