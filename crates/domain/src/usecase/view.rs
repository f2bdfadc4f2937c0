//! List the account's open invitations, or get one of them, for a batch of requests or for one.

use super::{rounds::single_result, unit_error};
use crate::{
    Timestamp,
    account::PublicId,
    env::Env,
    id::InvitationId,
    invitation::{OpenInvitation, Status},
    port::{
        StoreError, Tx,
        store::{OpenList, OpenPart, Order, Page},
    },
    principal::Actor,
    role::Permission,
};

/// The start of a part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// After a number of rows. The cost grows with the distance to the nearer end of the list.
    Offset(u64),
    /// After the last invitation of the previous part. The cost does not depend on the depth.
    Behind(PublicId),
}

/// The requested part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Most rows.
    pub limit: u32,
    /// The start of the part.
    pub start: Start,
    /// The order of the list.
    pub order: Order,
}

/// A part of the account's open invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The invitations of the part, in the requested order.
    pub items: Vec<OpenInvitation>,
    /// The number of all open invitations of the account.
    pub count: u64,
    /// Whether the list continues after the part.
    pub more: bool,
}

impl Listing {
    fn seen_by(actor: &Actor, part: OpenPart) -> Self {
        let OpenPart { count, invitations, more } = part;
        let items = invitations.into_iter().map(|invitation| seen_by(actor, invitation)).collect();
        Self { items, count, more }
    }

    /// The start of the next part. `None` at the end of the list, and when no invitation of this part could be read.
    #[must_use]
    pub fn next(&self) -> Option<&PublicId> {
        self.items.last().filter(|_| self.more).map(|invitation| &invitation.public_id)
    }
}

/// Why a list or an invitation is not returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The actor may not see invitations.
    #[error("your roles in this account do not allow seeing its invitations")]
    Forbidden,
    /// The account has no open invitation with this number.
    #[error("there is no pending invitation with this id")]
    NotFound,
    /// The part starts after an invitation that the account never had.
    #[error("this place in the list is not known: begin with the first page, and follow the links")]
    UnknownPlace,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(ViewError {
    Self::Forbidden => "forbidden",
    Self::NotFound => "not_found",
    Self::UnknownPlace => "unknown_place",
});

/// Lists the open invitations of the actors' accounts. The results are in the order of the requests.
pub fn list_all(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[(&Actor, &Part)],
) -> Result<Vec<Result<Listing, ViewError>>, StoreError> {
    let now = env.now();
    let asked: Vec<_> =
        requests.iter().map(|(actor, part)| authorize(actor).map(|()| Asked::of(actor, part))).collect();
    let lists: Vec<OpenList<'_>> = asked.iter().flatten().filter_map(Asked::by_place).collect();
    let parts = if lists.is_empty() { Vec::new() } else { tx.open_parts(now, &lists)? };
    let mut parts = parts.into_iter();
    let mut listings = Vec::with_capacity(requests.len());
    for (asked, (actor, _)) in asked.into_iter().zip(requests) {
        let found = match asked {
            Ok(Asked::ByPlace(_)) => parts.next().flatten().ok_or(ViewError::UnknownPlace),
            Ok(Asked::ByOffset(page)) => Ok(by_offset(tx, now, actor, page)?),
            Err(rejected) => Err(rejected),
        };
        listings.push(found.map(|found| Listing::seen_by(actor, found)));
    }
    Ok(listings)
}

/// The open invitations of the actor's account.
pub fn list(tx: &mut dyn Tx, env: &Env, actor: &Actor, part: &Part) -> Result<Listing, ViewError> {
    single_result(list_all(tx, env, &[(actor, part)])?)
}

/// The store's operation for a request.
enum Asked<'a> {
    ByPlace(OpenList<'a>),
    ByOffset(Page),
}

impl<'a> Asked<'a> {
    fn of(actor: &Actor, part: &'a Part) -> Self {
        let &Part { limit, order, .. } = part;
        let after = match &part.start {
            Start::Offset(0) => None,
            Start::Offset(offset) => {
                return Self::ByOffset(Page { limit: Some(limit), offset: *offset, order });
            }
            Start::Behind(id) => Some(id),
        };
        Self::ByPlace(OpenList { account: actor.account.id, after, limit, order })
    }

    fn by_place(&self) -> Option<OpenList<'a>> {
        match self {
            Self::ByPlace(list) => Some(*list),
            Self::ByOffset(_) => None,
        }
    }
}

fn by_offset(tx: &mut dyn Tx, now: Timestamp, actor: &Actor, page: Page) -> Result<OpenPart, StoreError> {
    let count = tx.count_open_invitations(actor.account.id, now)?;
    let (mirrored, in_reverse) = page.from_nearer_end(count);
    let mut invitations = tx.open_invitations(actor.account.id, now, mirrored)?;
    if in_reverse {
        invitations.reverse();
    }
    let end = page.offset.saturating_add(page.limit.map_or(u64::MAX, u64::from));
    Ok(OpenPart { count, invitations, more: end < count })
}

/// Gets open invitations of the actors' accounts. The results are in the order of the requests.
pub fn get_all(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[(&Actor, &InvitationId)],
) -> Result<Vec<Result<OpenInvitation, ViewError>>, StoreError> {
    let now = env.now();
    let named: Vec<_> = requests.iter().map(|(actor, id)| (actor.account.id, **id)).collect();
    let found = tx.invitations(&named)?;
    let judged = requests.iter().zip(found).map(|((actor, _), invitation)| {
        authorize(actor)?;
        let open = invitation.filter(|invitation| invitation.status_at(now) == Status::Pending);
        open.map(|invitation| seen_by(actor, invitation.into())).ok_or(ViewError::NotFound)
    });
    Ok(judged.collect())
}

/// One open invitation of the actor's account.
pub fn get(tx: &mut dyn Tx, env: &Env, actor: &Actor, id: InvitationId) -> Result<OpenInvitation, ViewError> {
    single_result(get_all(tx, env, &[(actor, &id)])?)
}

fn authorize(actor: &Actor) -> Result<(), ViewError> {
    if actor.may(Permission::ViewInvitations) { Ok(()) } else { Err(ViewError::Forbidden) }
}

/// Shows the secure id only to actors who could make this invitation themselves.
fn seen_by(actor: &Actor, invitation: OpenInvitation) -> OpenInvitation {
    let secure_id = invitation.secure_id.filter(|_| actor.may_hand_out(&invitation.grant));
    OpenInvitation { secure_id, ..invitation }
}
