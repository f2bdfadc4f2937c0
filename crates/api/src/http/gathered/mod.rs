//! Use cases that many ask for at once, for every dialect alike: requests of one kind that come at the same time are one unit of
//! work (see [`crate::batch`]).

mod actors;
mod reads;
mod recent;
mod writes;

use std::sync::Arc;

use reads::{Gatherer, gets, lists};
use recent::RecentActors;
use usher_domain::{
    id::InvitationId,
    invitation::OpenInvitation,
    port::{StoreError, store::UnitError},
    principal::{Actor, Credential},
    quota::TooManyWrites,
    usecase::{
        resolve::ResolveError,
        view::{Listing, Part, ViewError},
    },
};
use writes::{Accepter, Inviter, accepter, inviter};

pub use reads::ask;
pub use writes::{accept, invite};

use crate::gate::{self, Gate};

/// Batches of one kind that run at once: as many as there are processors, and two at least. With one, the database waits while
/// its answer is read; with more, each batch is smaller and costs the same round trips.
fn lanes() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2)
}

/// As [`lanes`], for units that write. Where one unit writes at a time, a second batch would wait for the first instead of growing,
/// share its commit, and leave nothing for the writer to do while all are answered.
fn writing_lanes(gate: &Gate) -> usize {
    if gate.writes_in_parallel() { lanes() } else { 1 }
}

/// What came of a request in an account.
#[derive(Debug)]
pub struct Done<T> {
    /// Whose request it was.
    pub actor: Arc<Actor>,
    /// What the use case answers.
    pub value: T,
}

/// Why a request was refused.
#[derive(Debug)]
pub enum Refusal<E> {
    /// One write too many.
    Limit(TooManyWrites),
    /// Nobody who may act in the account.
    Caller(ResolveError),
    /// By the use case.
    UseCase(E),
}

/// Who asks for what.
type Request<Q> = (Credential, Q);

/// The use cases.
pub struct Gathered {
    /// One open invitation.
    pub gets: Gatherer<InvitationId, OpenInvitation, ViewError>,
    /// A part of the open invitations.
    pub lists: Gatherer<Part, Listing, ViewError>,
    invitations: Arc<Inviter>,
    acceptances: Arc<Accepter>,
}

impl Gathered {
    /// Through that gate.
    #[must_use]
    pub fn new(gate: &Gate) -> Self {
        let recent: Arc<RecentActors> = Arc::default();
        Self {
            gets: gets(gate, Arc::clone(&recent)),
            lists: lists(gate, recent),
            invitations: inviter(gate),
            acceptances: accepter(gate),
        }
    }
}

impl std::fmt::Debug for Gathered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathered").finish_non_exhaustive()
    }
}

impl<E: UnitError> Refusal<E> {
    /// In the dialect's form.
    fn logged<P: From<TooManyWrites> + From<ResolveError> + From<E>>(self) -> P {
        match self {
            Self::Limit(error) => {
                tracing::debug!(code = "too_many_writes", "refused");
                error.into()
            }
            Self::Caller(error) => {
                gate::log(&error);
                error.into()
            }
            Self::UseCase(error) => {
                gate::log(&error);
                error.into()
            }
        }
    }
}

fn unanswered() -> StoreError {
    StoreError::Unavailable("a request has no answer".to_owned())
}
