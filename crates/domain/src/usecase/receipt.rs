//! Show an acceptance again to the person who accepted.

use super::accept::Accepted;
use crate::{
    env::Env,
    invitation::{SecureId, Status, is_receipt},
    port::{StoreError, Tx},
};

/// Returns the acceptance that a receipt belongs to. It changes nothing. Without the receipt it costs one look-up and one check,
/// whether the invitation exists or not.
pub fn acceptance_of_receipt(
    tx: &mut dyn Tx,
    env: &Env,
    secure_id: &SecureId,
    receipt: &str,
) -> Result<Option<Accepted>, StoreError> {
    let invitation = tx.invitation_by_secure_id(secure_id)?;
    let is_receipt = is_receipt(env.keys.as_ref(), secure_id, receipt);
    let accepted = invitation.filter(|invitation| is_receipt && invitation.status == Status::Accepted);
    let Some(invitation) = accepted else { return Ok(None) };
    let Some(person) = invitation.closed_by else { return Ok(None) };
    let (account, person) = (tx.account(invitation.account_id)?, tx.person(person)?);
    Ok(account.zip(person).map(|(account, person)| Accepted { account, person }))
}
