use std::sync::Arc;

use usher_domain::{
    port::{Mailer, SendError, StoreError},
    usecase::deliver::{self, Delivery, Settled},
};

use crate::http::gate::Gate;

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
    let delivery = Arc::new(delivery);
    let (kept, result_kept) = (Arc::clone(&delivery), result.clone());
    let settled = gate.run(move |store, env| {
        store.write::<_, StoreError>("worker.settle", |tx| deliver::settle(tx, env, &kept, &result_kept))
    });
    log(&delivery, &result, settled.await);
    outcome
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
