//! Credential → actor: who asks, in which account, with which rights.

use std::sync::Arc;

use super::unit_error;
use crate::{
    Timestamp,
    access_token::{Scope, TokenHolder},
    account::Account,
    membership::Membership,
    person::Person,
    port::{StoreError, Tx, store::Known},
    principal::{Actor, Credential, Principal},
};

/// Why a valid credential is nobody who can act in an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// An access token that nobody made, or that ended.
    #[error("this access token is not known, has expired or was revoked")]
    InvalidToken,
    /// Nobody has that address, or the credential carries the number of somebody else.
    #[error("this login is not known here")]
    UnknownPerson,
    /// The person is in no account.
    #[error("you are not a member of any account; accept an invitation first")]
    NoMembership,
    /// The person is not in the chosen account. The same answer as for an account that does not exist.
    #[error("you are not a member of the account {0}")]
    NotAMember(String),
    /// The person is in several accounts and chose none.
    #[error("you are a member of several accounts: choose one with the token's account claim")]
    ChooseAccount,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ResolveError {
    Self::InvalidToken => "invalid_token",
    Self::UnknownPerson => "unknown_person",
    Self::NoMembership => "no_membership",
    Self::NotAMember(_) => "not_a_member",
    Self::ChooseAccount => "choose_account",
});

/// Finds the person and the account that a credential acts for at a moment.
pub fn resolve(tx: &mut dyn Tx, credential: &Credential, now: Timestamp) -> Result<Actor, ResolveError> {
    match credential {
        Credential::Principal(principal) => {
            let known = tx.known(&[&principal.email])?.into_iter().next().flatten();
            member(known.as_ref(), principal)
        }
        Credential::AccessToken(digest) => {
            let found = tx.token_holders(&[digest])?.into_iter().next().flatten();
            holder(found.as_ref(), now)
        }
    }
}

/// As [`resolve`] for each of several credentials, in its place. All of them together cost two look-ups at most, and
/// callers that come more than once are looked up once.
pub fn resolve_all(
    tx: &mut dyn Tx,
    credentials: &[&Credential],
    now: Timestamp,
) -> Result<Vec<Result<Arc<Actor>, ResolveError>>, StoreError> {
    let mut distinct: Vec<&Credential> = Vec::new();
    let places: Vec<usize> = credentials.iter().map(|credential| place(&mut distinct, credential)).collect();
    let (mut emails, mut digests) = (Vec::new(), Vec::new());
    for credential in &distinct {
        match credential {
            Credential::Principal(principal) => emails.push(&principal.email),
            Credential::AccessToken(digest) => digests.push(digest),
        }
    }
    let mut known = if emails.is_empty() { Vec::new() } else { tx.known(&emails)? }.into_iter();
    let mut holders = if digests.is_empty() { Vec::new() } else { tx.token_holders(&digests)? }.into_iter();
    let actors: Vec<Result<Arc<Actor>, ResolveError>> = distinct
        .into_iter()
        .map(|credential| {
            let actor = match credential {
                Credential::Principal(principal) => member(known.next().flatten().as_ref(), principal),
                Credential::AccessToken(_) => holder(holders.next().flatten().as_ref(), now),
            };
            actor.map(Arc::new)
        })
        .collect();
    Ok(places.into_iter().filter_map(|place| actors.get(place).cloned()).collect())
}

/// Where a credential is among those that differ.
fn place<'a>(distinct: &mut Vec<&'a Credential>, credential: &'a Credential) -> usize {
    let found = distinct.iter().position(|other| *other == credential);
    found.unwrap_or_else(|| {
        distinct.push(credential);
        distinct.len() - 1
    })
}

fn holder(found: Option<&TokenHolder>, now: Timestamp) -> Result<Actor, ResolveError> {
    let holder = found.filter(|holder| holder.token.is_live_at(now)).ok_or(ResolveError::InvalidToken)?;
    Ok(Actor {
        account: holder.account.clone(),
        person: holder.person.clone(),
        membership: holder.membership.clone(),
        scope: holder.token.scope,
    })
}

fn member(known: Option<&Known>, principal: &Principal) -> Result<Actor, ResolveError> {
    let known = known.filter(|known| is(&known.person, principal)).ok_or(ResolveError::UnknownPerson)?;
    let (account, membership) = choose(&known.memberships, principal)?.clone();
    Ok(Actor { account, person: known.person.clone(), membership, scope: Scope::Global })
}

/// Whether the number that a principal claims, if it claims one, is that of the person with its address.
pub(super) fn is(person: &Person, principal: &Principal) -> bool {
    principal.person_id.is_none_or(|id| id == person.id)
}

/// The person behind a principal, whether a member of anything or not; `None` when nobody has the address yet.
pub fn identify(tx: &mut dyn Tx, principal: &Principal) -> Result<Option<Person>, ResolveError> {
    match tx.person_by_email(&principal.email)? {
        Some(person) if is(&person, principal) => Ok(Some(person)),
        None if principal.person_id.is_none() => Ok(None),
        _ => Err(ResolveError::UnknownPerson),
    }
}

fn choose<'a>(
    memberships: &'a [(Account, Membership)],
    principal: &Principal,
) -> Result<&'a (Account, Membership), ResolveError> {
    if let Some(name) = &principal.account {
        let chosen = memberships.iter().find(|(account, _)| account.name == *name);
        return chosen.ok_or_else(|| ResolveError::NotAMember(name.to_string()));
    }
    match memberships {
        [] => Err(ResolveError::NoMembership),
        [only] => Ok(only),
        _ => Err(ResolveError::ChooseAccount),
    }
}
