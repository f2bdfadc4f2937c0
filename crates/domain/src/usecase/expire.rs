//! Record expired invitations. They stop working when their term ends; recording the expiry makes it an event.

use super::record::event;
use crate::{
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    invitation::Invitation,
    port::{StoreError, Tx},
};

/// Expires up to `limit` overdue invitations of all accounts, and returns their number. Run it until it returns less than
/// `limit`.
pub fn expire_overdue(tx: &mut dyn Tx, env: &Env, limit: u32) -> Result<usize, StoreError> {
    let now = env.now();
    let mut overdue = tx.overdue_invitations(now, limit)?;
    overdue.retain_mut(|invitation| invitation.expire(now));
    if overdue.is_empty() {
        return Ok(0);
    }
    tx.update_invitations(&overdue)?;
    let expired = |invitation: &Invitation| {
        event(invitation, AuditAction::InvitationExpired, AuditActor::System, None, now)
    };
    tx.record(&overdue.iter().map(expired).collect::<Vec<AuditEvent>>())?;
    Ok(overdue.len())
}
