//! Resolve a credential to an actor: a member in an account, with rights.

use std::sync::Arc;

use super::{rounds::single_result, unit_error};
use crate::{
    Timestamp,
    access_token::{Scope, TokenHolder},
    account::Account,
    membership::Membership,
    person::Person,
    port::{StoreError, Tx, store::PersonWithMemberships},
    principal::{Actor, Credential, Principal},
};

/// Why a verified credential cannot act in an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The access token is unknown, has expired or was revoked.
    #[error("this access token is not known, has expired or was revoked")]
    InvalidToken,
    /// The token was issued before the person's tokens were ended.
    #[error("this token has ended, because the person was signed out or got a new password; log in again")]
    SignedOut,
    /// No person has the credential's address, or the credential names a person other than the one with its address.
    #[error("this login is not known here")]
    UnknownPerson,
    /// The person is not a member of any account.
    #[error("you are not a member of any account; accept an invitation first")]
    NoMembership,
    /// The person is not a member of the chosen account, or the account does not exist.
    #[error("you are not a member of the account {0}")]
    NotAMember(String),
    /// The person is a member of several accounts, and the credential chooses none.
    #[error("you are a member of several accounts: choose one with the token's account claim")]
    ChooseAccount,
    /// The issuer of the credential gives rights in other accounts only.
    #[error("the token's issuer is not configured for this account")]
    IssuerElsewhere,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ResolveError {
    Self::InvalidToken => "invalid_token",
    Self::SignedOut => "signed_out",
    Self::UnknownPerson => "unknown_person",
    Self::NoMembership => "no_membership",
    Self::NotAMember(_) => "not_a_member",
    Self::ChooseAccount => "choose_account",
    Self::IssuerElsewhere => "issuer_elsewhere",
});

/// Finds the person and the account that a credential acts for at `now`.
pub fn resolve(tx: &mut dyn Tx, credential: &Credential, now: Timestamp) -> Result<Actor, ResolveError> {
    single_result(resolve_all(tx, &[credential], now)?).map(Arc::unwrap_or_clone)
}

/// Resolves a batch of credentials and returns the results in their order. A batch costs at most two look-ups. Equal
/// credentials are looked up once.
pub fn resolve_all(
    tx: &mut dyn Tx,
    credentials: &[&Credential],
    now: Timestamp,
) -> Result<Vec<Result<Arc<Actor>, ResolveError>>, StoreError> {
    let mut distinct: Vec<&Credential> = Vec::new();
    let indices: Vec<usize> =
        credentials.iter().map(|credential| index_in(&mut distinct, credential)).collect();
    let (mut emails, mut digests) = (Vec::new(), Vec::new());
    for credential in &distinct {
        match credential {
            Credential::Principal(principal) => emails.push(&principal.email),
            Credential::AccessToken(digest) => digests.push(digest),
        }
    }
    let mut known =
        if emails.is_empty() { Vec::new() } else { tx.people_with_memberships(&emails)? }.into_iter();
    let mut holders = if digests.is_empty() { Vec::new() } else { tx.token_holders(&digests)? }.into_iter();
    let actors: Vec<Result<Arc<Actor>, ResolveError>> = distinct
        .into_iter()
        .map(|credential| {
            let actor = match credential {
                Credential::Principal(principal) => {
                    actor_of_principal(known.next().flatten().as_ref(), principal)
                }
                Credential::AccessToken(_) => actor_of_token(holders.next().flatten().as_ref(), now),
            };
            actor.map(Arc::new)
        })
        .collect();
    Ok(indices.into_iter().filter_map(|index| actors.get(index).cloned()).collect())
}

/// The index of a credential in `distinct`, to which it is appended when it is missing.
fn index_in<'a>(distinct: &mut Vec<&'a Credential>, credential: &'a Credential) -> usize {
    let found = distinct.iter().position(|other| *other == credential);
    found.unwrap_or_else(|| {
        distinct.push(credential);
        distinct.len() - 1
    })
}

fn actor_of_token(found: Option<&TokenHolder>, now: Timestamp) -> Result<Actor, ResolveError> {
    let holder = found.filter(|holder| holder.token.is_live_at(now)).ok_or(ResolveError::InvalidToken)?;
    Ok(Actor {
        account: holder.account.clone(),
        person: holder.person.clone(),
        membership: holder.membership.clone(),
        scope: holder.token.scope,
    })
}

fn actor_of_principal(
    known: Option<&PersonWithMemberships>,
    principal: &Principal,
) -> Result<Actor, ResolveError> {
    let known =
        known.filter(|known| is_number_of(principal, &known.person)).ok_or(ResolveError::UnknownPerson)?;
    if !known.person.accepts_token(principal.issued_at) {
        return Err(ResolveError::SignedOut);
    }
    let (account, membership) = chosen_membership(&known.memberships, principal)?.clone();
    Ok(Actor { account, person: known.person.clone(), membership, scope: Scope::Global })
}

/// Whether a person may be this principal, whose token is still valid.
pub(super) fn matches_person(principal: &Principal, person: &Person) -> bool {
    is_number_of(principal, person) && person.accepts_token(principal.issued_at)
}

/// A principal that claims a person's number can only be that person.
fn is_number_of(principal: &Principal, person: &Person) -> bool {
    principal.person_id.is_none_or(|id| id == person.id)
}

/// Returns the person with a principal's address, whether a member or not; `None` when there is no such person yet.
pub fn identify(tx: &mut dyn Tx, principal: &Principal) -> Result<Option<Person>, ResolveError> {
    match tx.person_by_email(&principal.email)? {
        Some(person) if matches_person(principal, &person) => Ok(Some(person)),
        None if principal.person_id.is_none() => Ok(None),
        _ => Err(ResolveError::UnknownPerson),
    }
}

fn chosen_membership<'a>(
    memberships: &'a [(Account, Membership)],
    principal: &Principal,
) -> Result<&'a (Account, Membership), ResolveError> {
    if let Some(name) = &principal.account {
        if !principal.may_act_in(name) {
            return Err(ResolveError::IssuerElsewhere);
        }
        let chosen = memberships.iter().find(|(account, _)| account.name == *name);
        return chosen.ok_or_else(|| ResolveError::NotAMember(name.to_string()));
    }
    let mut allowed = memberships.iter().filter(|(account, _)| principal.may_act_in(&account.name));
    match (allowed.next(), allowed.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(ResolveError::ChooseAccount),
        (None, _) if memberships.is_empty() => Err(ResolveError::NoMembership),
        (None, _) => Err(ResolveError::IssuerElsewhere),
    }
}
