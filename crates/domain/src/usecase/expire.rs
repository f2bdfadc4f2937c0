//! Record expired invitations. They stop working when their term ends; recording the expiry makes it an event.

use super::record::expire;
use crate::{
    env::Env,
    port::{StoreError, Tx},
};

/// Expires up to `limit` overdue invitations of all accounts, and returns their number. Run it until it returns less than
/// `limit`.
pub fn expire_overdue(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let now = env.now();
    let mut expired = 0;
    for mut invitation in tx.overdue_invitations(now, limit)? {
        expired += usize::from(expire(tx, &mut invitation, now)?);
    }
    Ok(expired)
}
