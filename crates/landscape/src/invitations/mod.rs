//! The invitations of the caller's account.

pub(crate) mod read;
pub(crate) mod write;

use usher_domain::id::InvitationId;

use crate::error::Problem;

/// Parses an id, which is a positive number. Any other string is an unknown id.
fn number(text: &str) -> Result<InvitationId, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number
        .map(InvitationId::new)
        .ok_or_else(|| Problem::not_found("there is no pending invitation with this id"))
}
