use super::record::record_by_operator;
use crate::{
    audit::AuditAction,
    env::Env,
    person::Person,
    port::{StoreError, Tx},
};

/// Ends every token of a person: tokens that were issued until now, and all access tokens. Writes the person with all changes
/// that the caller has made.
pub(super) fn end_tokens(tx: &mut dyn Tx, env: &Env, person: &mut Person) -> Result<(), StoreError> {
    end_issued_tokens(tx, env, person)?;
    for (account, _) in tx.memberships_of(person.id)? {
        for token in tx.access_tokens(account.id)? {
            if token.person_id == person.id && token.revoked_at.is_none() {
                tx.revoke_access_token(account.id, &token.public_id, env.now())?;
                let (person, account) = (Some(person.id), Some(account.id));
                record_by_operator(tx, env, AuditAction::AccessTokenRevoked, person, account)?;
            }
        }
    }
    Ok(())
}

/// Ends the tokens that were issued until now, but no access token: those belong to accounts. Writes the person as
/// [`end_tokens`] does.
pub(super) fn end_issued_tokens(tx: &mut dyn Tx, env: &Env, person: &mut Person) -> Result<(), StoreError> {
    person.end_tokens(env.now());
    tx.update_person(person)?;
    // As stored now, for a caller that updates the person again.
    person.version += 1;
    Ok(())
}
