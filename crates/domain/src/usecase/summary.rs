//! Read what every holder of a `secure_id` may know: whether the invitation is open, and the title of its account.

use crate::{
    env::Env,
    invitation::{SecureId, Status},
    port::{StoreError, Tx},
    text::DisplayText,
};

/// Returns the title of the account of an open invitation. Returns `None` for an unknown, ended or expired invitation, so that
/// a stranger cannot tell these apart.
pub fn summary(tx: &mut dyn Tx, env: &Env, secure_id: &SecureId) -> Result<Option<DisplayText>, StoreError> {
    let found = tx.invitation_by_secure_id(secure_id)?;
    let Some(invitation) = found.filter(|found| found.status_at(env.now()) == Status::Pending) else {
        return Ok(None);
    };
    Ok(tx.account(invitation.account_id)?.map(|account| account.title))
}
