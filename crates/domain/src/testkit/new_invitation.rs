use chrono::TimeDelta;

use crate::{
    Timestamp,
    address::EmailAddress,
    id::{AccountId, PersonId},
    invitation::NewInvitation,
    port::Entropy,
    role::Grant,
    usecase::invite::{self, Invite},
};

/// An invitation as the use case makes it, with optional values unset: a base for struct updates, so that tests set
/// only the fields that matter to them.
#[must_use]
pub fn new_invitation(
    entropy: &dyn Entropy,
    inviter: (AccountId, PersonId),
    email: EmailAddress,
    grant: Grant,
    now: Timestamp,
) -> NewInvitation {
    invite::new_invitation(entropy, inviter, &Invite::new(email, grant, TimeDelta::days(14)), now)
}
