//! Delivery to an SMTP relay (RFC 5321): lettre's dialogue over our own stream.

mod connect;
mod connection;
mod fault;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod journal;
mod plain_words;
mod pool;
mod reason;
mod refusal;
mod reply;
mod starttls;
mod step;
mod tls;
mod trial;
mod verifier;
mod wire;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use usher_domain::{
    outbox::InvitationMail,
    port::{Mailer, SendError, SendFuture},
};

use self::{
    connect::{Target, connect},
    connection::Connection,
    fault::Fault,
    journal::Journal,
    pool::Pool,
    reason::Secrets,
};
pub use self::{journal::PassedStep, tls::AuthoritiesError, trial::Trial};
use crate::{
    compose::{ComposedMail, Composer},
    settings::Relay,
};

/// Sends mails through an SMTP relay.
///
/// One deadline bounds a delivery, and a size limit bounds each reply. Sound connections are reused. Deliveries can run
/// concurrently; each one has its own connection.
pub struct LettreMailer {
    composer: Composer,
    target: Target,
    pool: Arc<Pool>,
    deadline: Duration,
}

impl LettreMailer {
    /// Reads the certificate authorities if the relay uses TLS. It does not connect.
    pub fn new(relay: Relay) -> Result<Self, AuthoritiesError> {
        let (composer, deadline) = (Composer::new(relay.sender.clone()), relay.deadline);
        Ok(Self { composer, target: Target::new(relay)?, pool: Arc::default(), deadline })
    }

    async fn deliver(&self, mail: &InvitationMail) -> Result<(), SendError> {
        let composed = self.composer.invitation(mail)?;
        let deadline = Instant::now() + self.deadline;
        let secrets = Secrets::new(mail, self.target.relay.login.as_ref());
        let failed = |fault: Fault, handed_over| fault.into_send_error(handed_over, &secrets);

        let (mut connection, begun) =
            self.begin(&composed, deadline).await.map_err(|fault| failed(fault, false))?;
        let outcome = match begun {
            Ok(()) => connection.hand_over(&composed, deadline, &mut Journal::silent()).await,
            Err(fault) => Err(fault),
        };
        let handed_over = connection.handed_over();
        if outcome.as_ref().err().is_none_or(Fault::leaves_connection) {
            self.pool.put(connection);
        }
        outcome.map_err(|fault| failed(fault, handed_over))
    }

    /// Begins the mail on an idle connection or a new one. An idle connection can have ended since its last mail; a new
    /// connection replaces it, once.
    async fn begin(
        &self,
        mail: &ComposedMail,
        deadline: Instant,
    ) -> Result<(Connection, Result<(), Fault>), Fault> {
        if let Some(mut used) = self.pool.take() {
            let retry_deadline = deadline.min(Instant::now() + self.deadline / 4);
            match used.begin(mail, retry_deadline, &mut Journal::silent()).await {
                Err(fault) if !fault.leaves_connection() => {
                    tracing::debug!("an idle connection to the mail relay had ended");
                    self.pool.clear();
                }
                begun => return Ok((used, begun)),
            }
        }
        let mut fresh = connect(&self.target, deadline, &mut Journal::silent()).await?;
        let begun = fresh.begin(mail, deadline, &mut Journal::silent()).await;
        Ok((fresh, begun))
    }
}

impl Mailer for LettreMailer {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        Box::pin(self.deliver(mail))
    }
}

/// Shows host and port, but not the login.
impl std::fmt::Debug for LettreMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LettreMailer")
            .field("host", &self.target.relay.host)
            .field("port", &self.target.relay.port)
            .finish_non_exhaustive()
    }
}
