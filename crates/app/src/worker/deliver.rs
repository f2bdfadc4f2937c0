use std::{sync::Arc, time::Duration};

use usher_domain::{
    env::Env,
    outbox::RelayAnswer,
    port::{Mailer, SendError, StoreError, Tx, store::Mode},
    usecase::deliver::{self, Claimed, Delivery, Settled, Turn},
};

use super::suspects::Suspect;
use crate::{context::RequestContext, telemetry, units::Units};

/// Pauses between attempts to record a result: long enough for a database to restart.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// What a delivery reveals about the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RelayState {
    /// It accepted the mail.
    Accepted,
    /// It rejected the mail (5yz), not because of its recipient.
    Refused,
    /// It rejected the recipient (5yz).
    RecipientRefused,
    /// It answered, and neither accepted nor rejected the mail.
    Answered,
    Unreachable,
    /// Nothing: the relay was not asked.
    Unknown,
}

/// The result of an attempt, for the worker.
#[derive(Debug)]
pub(super) enum Attempted {
    /// It is recorded.
    Settled(RelayState, RelayAnswer),
    /// The relay refused the recipient. Nothing is recorded yet.
    Suspect(Box<Suspect>),
    /// The result of an earlier attempt is recorded.
    Judged,
}

impl RelayState {
    fn after(result: &Result<(), SendError>) -> Self {
        match result {
            Ok(()) => Self::Accepted,
            Err(SendError::Refused { .. }) => Self::Refused,
            Err(SendError::Permanent { .. } | SendError::Unconfirmed { .. }) => Self::RecipientRefused,
            Err(SendError::Deferred { .. } | SendError::Ambiguous { .. }) => Self::Answered,
            Err(SendError::Unreachable { .. }) => Self::Unreachable,
            Err(SendError::Unsendable { .. }) => Self::Unknown,
        }
    }
}

/// Leases up to `limit` due mails.
pub(super) async fn claim(units: &Units, turn: Turn, limit: u32) -> Result<Claimed, StoreError> {
    let work = move |tx: &mut dyn Tx, env: &Env| deliver::claim(tx, env, &turn, limit);
    units.run(&RequestContext::internal(), "delivery.claim", Mode::Write, work).await
}

/// Sends one mail outside of any transaction, and records the result, unless the relay refuses the recipient.
pub(super) async fn deliver(units: &Units, mailer: &dyn Mailer, delivery: Delivery) -> Attempted {
    let asked_at = units.env.now();
    let result = mailer.send(&delivery.content).await;
    let answer = RelayAnswer { asked_at, at: units.env.now() };
    if let Err(SendError::Permanent { reason }) = result {
        return Attempted::Suspect(Box::new(Suspect { delivery, reason, answer }));
    }
    let relay = RelayState::after(&result);
    record(units, delivery, result).await;
    Attempted::Settled(relay, answer)
}

/// Records a refusal of the recipient. One that is not final is tried again.
pub(super) async fn record_refusal(units: &Units, suspect: Suspect, is_final: bool) -> Attempted {
    let Suspect { delivery, reason, .. } = suspect;
    let error = if is_final { SendError::Permanent { reason } } else { SendError::Unconfirmed { reason } };
    record(units, delivery, Err(error)).await;
    Attempted::Judged
}

async fn record(units: &Units, delivery: Delivery, result: Result<(), SendError>) {
    let done = Arc::new((delivery, result));
    let settled = settle(units, &done).await;
    telemetry::delivery::delivered(&settled);
    log(&done.0, &done.1, settled);
}

/// Records the result of an attempt. A relayed mail that is not recorded as such is sent twice, so a temporary failure of the
/// store is retried; the lease outlasts these retries.
async fn settle(units: &Units, done: &Arc<(Delivery, Result<(), SendError>)>) -> Result<Settled, StoreError> {
    let mut pauses = PAUSES.iter();
    loop {
        let done = Arc::clone(done);
        let work = move |tx: &mut dyn Tx, env: &Env| deliver::settle(tx, env, &done.0, &done.1);
        let settled = units.run(&RequestContext::internal(), "delivery.settle", Mode::Write, work).await;
        match (settled, pauses.next()) {
            (Err(error), Some(pause)) if error.is_transient() => {
                tokio::time::sleep(*pause).await;
            }
            (settled, _) => return settled,
        }
    }
}

/// Names mails by their reference: addresses and links stay out of the log.
fn log(delivery: &Delivery, result: &Result<(), SendError>, settled: Result<Settled, StoreError>) {
    let mail = &delivery.mail.reference;
    let reason = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
    match settled {
        Ok(Settled::Relayed) => tracing::info!(%mail, "mail relayed"),
        Ok(Settled::Retry(due_at)) => {
            tracing::warn!(%mail, %due_at, reason, "mail not relayed, will be tried again");
        }
        Ok(Settled::Dead) => tracing::error!(%mail, reason, "mail given up"),
        Ok(Settled::LeaseLost) => tracing::warn!(%mail, "the mail's lease ended before its delivery did"),
        // The lease ends by itself; the mail is then sent again with the same Message-ID.
        Err(error) => tracing::error!(%mail, %error, "could not record the result of a delivery"),
    }
}
