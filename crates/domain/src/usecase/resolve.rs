//! Credential → actor: who asks, in which account, with which rights.

use super::unit_error;
use crate::{
    Timestamp,
    access_token::{Scope, TokenDigest},
    account::Account,
    membership::Membership,
    person::Person,
    port::{StoreError, Tx},
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
        Credential::Principal(principal) => member(tx, principal),
        Credential::AccessToken(digest) => holder(tx, digest, now),
    }
}

fn holder(tx: &mut dyn Tx, digest: &TokenDigest, now: Timestamp) -> Result<Actor, ResolveError> {
    let found = tx.token_holder(digest)?.filter(|holder| holder.token.is_live_at(now));
    let holder = found.ok_or(ResolveError::InvalidToken)?;
    Ok(Actor {
        account: holder.account,
        person: holder.person,
        membership: holder.membership,
        scope: holder.token.scope,
    })
}

fn member(tx: &mut dyn Tx, principal: &Principal) -> Result<Actor, ResolveError> {
    let person = identify(tx, principal)?.ok_or(ResolveError::UnknownPerson)?;
    let memberships = tx.memberships_of(person.id)?;
    let (account, membership) = choose(memberships, principal)?;
    Ok(Actor { account, person, membership, scope: Scope::Global })
}

/// The person behind a principal, whether a member of anything or not; `None` when nobody has the address yet.
pub fn identify(tx: &mut dyn Tx, principal: &Principal) -> Result<Option<Person>, ResolveError> {
    let person = tx.person_by_email(&principal.email)?;
    let claimed = principal.person_id;
    match person {
        Some(person) if claimed.is_none_or(|id| id == person.id) => Ok(Some(person)),
        None if claimed.is_none() => Ok(None),
        _ => Err(ResolveError::UnknownPerson),
    }
}

fn choose(
    mut memberships: Vec<(Account, Membership)>,
    principal: &Principal,
) -> Result<(Account, Membership), ResolveError> {
    if let Some(name) = &principal.account {
        let chosen = memberships.into_iter().find(|(account, _)| account.name == *name);
        return chosen.ok_or_else(|| ResolveError::NotAMember(name.to_string()));
    }
    if memberships.len() > 1 {
        return Err(ResolveError::ChooseAccount);
    }
    memberships.pop().ok_or(ResolveError::NoMembership)
}
