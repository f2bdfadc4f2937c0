use std::{sync::Arc, time::Duration};

use usher_domain::{
    port::{Mailer, SendError, StoreError},
    usecase::deliver::{self, Delivery, Settled},
};

use crate::gate::Gate;

/// Between the tries to write down what came of a delivery: the time in which a database restarts.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// What a delivery says about the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    RelayAnswered,
    RelayUnreachable,
}

/// Leases up to `limit` due mails.
pub(super) async fn claim(gate: &Gate, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    gate.run(move |store, env| {
        store.write::<_, StoreError>("worker.claim", |tx| deliver::claim(tx, env, limit))
    })
    .await
}

/// Sends one mail, outside of any transaction, and writes down what came of it.
pub(super) async fn deliver(gate: &Gate, mailer: &dyn Mailer, delivery: Delivery) -> Outcome {
    let result = mailer.send(&delivery.content).await;
    let outcome = match &result {
        Err(SendError::Unreachable { .. }) => Outcome::RelayUnreachable,
        _ => Outcome::RelayAnswered,
    };
    let done = Arc::new((delivery, result));
    let settled = settle(gate, &done).await;
    log(&done.0, &done.1, settled);
    outcome
}

/// Writes down what came of a delivery. A relayed mail whose row says otherwise is sent twice, so a database that is
/// not available for a moment is asked again; the lease outlasts this.
async fn settle(gate: &Gate, done: &Arc<(Delivery, Result<(), SendError>)>) -> Result<Settled, StoreError> {
    let mut pauses = PAUSES.iter();
    loop {
        let done = Arc::clone(done);
        let settled = gate.run(move |store, env| {
            store.write::<_, StoreError>("worker.settle", |tx| deliver::settle(tx, env, &done.0, &done.1))
        });
        match (settled.await, pauses.next()) {
            (Err(StoreError::Unavailable(_) | StoreError::Contended), Some(pause)) => {
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
        Err(error) => tracing::error!(%mail, %error, "could not write down what became of a mail"),
    }
}
