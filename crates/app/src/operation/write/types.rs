use usher_domain::{
    env::Env,
    idempotency::Answer,
    port::{Tx, store::UnitError},
    quota::Quota,
    usecase::idempotency::KeyError,
};

use crate::{
    call::{Rejection, Render},
    idempotency::GuardedKey,
    operation::{Caller, Results},
};

/// An operation that changes something.
pub(crate) trait WriteOperation: 'static {
    /// Names its units in logs and metrics.
    const NAME: &'static str;
    /// Whether a success queues a mail, so that the worker is woken.
    const QUEUES_MAIL: bool;
    /// Whether requests may share a unit. They may not if the use case can still reject a request after it has written
    /// for it, because a unit can only be rolled back as a whole.
    const SHARES_UNITS: bool;
    /// The kind of caller.
    type Caller: Caller;
    /// The typed request.
    type Command: Send + Sync + 'static;
    /// The result of a success.
    type Value: Send + Sync + 'static;
    /// Why the operation does not succeed.
    type Error: UnitError + Send + Sync + 'static;

    /// The use case, for several requests at once.
    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<Self::Value, Self::Error>;

    /// Checks that the caller still has the right to a stored response. The rights can have changed since it was stored.
    fn authorize_replay(
        tx: &mut dyn Tx,
        identity: &<Self::Caller as Caller>::Identity,
        command: &Self::Command,
    ) -> Result<(), Self::Error>;
}

/// A request whose caller is identified.
pub(crate) type IdentifiedCommand<'a, O> =
    (&'a <<O as WriteOperation>::Caller as Caller>::Identity, &'a <O as WriteOperation>::Command);

/// A write that waits for its unit.
pub(crate) struct SubmittedWrite<O: WriteOperation> {
    pub(super) caller: O::Caller,
    /// Its idempotency key, or why the key cannot be used now.
    pub(super) key: Option<Result<GuardedKey, KeyError>>,
    pub(super) command: Option<O::Command>,
    pub(super) render: Render<O::Value>,
}

/// What was decided about a write.
pub(super) type Decision<O> =
    Result<Done<<O as WriteOperation>::Value>, Rejection<<O as WriteOperation>::Error>>;

/// What was decided about a write, and the person's quota as of this write.
pub(super) type Written<O> = (Decision<O>, Option<Quota>);

/// A write that succeeded.
pub(super) enum Done<T> {
    /// Performed now.
    Performed(T),
    /// Performed now, and its answer stored.
    Stored(Answer),
    /// Performed before: the stored answer.
    Replayed(Answer),
}
