//! Delivery to an SMTP relay (RFC 5321): lettre's dialogue over a stream of our own.

mod connect;
mod connection;
mod fault;
mod pool;
mod reason;
mod relay;
mod reply;
mod settings;
mod starttls;
mod step;
mod tls;
mod url;
mod wire;

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use usher_domain::{
    outbox::InvitationMail,
    port::{Mailer, SendError, SendFuture},
};

pub use self::settings::{SmtpSettings, Tls};
use self::{connect::reach, connection::Connection, fault::Fault, pool::Pool, reason::Secrets, relay::Relay};
use crate::{
    compose::{ComposedMail, Composer},
    settings::SettingsErrors,
};

/// Sends mails through an SMTP relay.
///
/// One deadline bounds a whole delivery, a bound on replies its memory. Connections that went well are used again.
/// Any number of deliveries may run at a time; each has a connection of its own.
pub struct LettreMailer {
    composer: Composer,
    relay: Relay,
    pool: Arc<Pool>,
    deadline: Duration,
}

impl LettreMailer {
    /// Checks the settings, all of them, and reads the certificate authorities. It does not connect.
    pub fn new(settings: SmtpSettings) -> Result<Self, SettingsErrors> {
        let deadline = settings.deadline;
        let (relay, sender) = settings.check()?;
        Ok(Self { composer: Composer::new(sender), relay, pool: Arc::default(), deadline })
    }

    async fn deliver(&self, mail: &InvitationMail) -> Result<(), SendError> {
        let composed = self.composer.invitation(mail)?;
        let deadline = Instant::now() + self.deadline;
        let secrets = Secrets::new(mail, self.relay.login.as_ref());
        let failed = |fault: Fault, handed| fault.into_send_error(handed, &secrets);

        let (mut connection, begun) =
            self.begin(&composed, deadline).await.map_err(|fault| failed(fault, false))?;
        let outcome = match begun {
            Ok(()) => connection.hand_over(&composed, deadline).await,
            Err(fault) => Err(fault),
        };
        let handed = connection.handed();
        if outcome.as_ref().err().is_none_or(Fault::leaves_connection) {
            self.pool.put(connection);
        }
        outcome.map_err(|fault| failed(fault, handed))
    }

    /// Finds a connection and begins the mail on it. A connection that was used before may have died since: then a new
    /// one takes its place, once, and nobody notices.
    async fn begin(
        &self,
        mail: &ComposedMail,
        deadline: Instant,
    ) -> Result<(Connection, Result<(), Fault>), Fault> {
        if let Some(mut used) = self.pool.take() {
            let patience = deadline.min(Instant::now() + self.deadline / 4);
            match used.begin(mail, patience).await {
                Err(fault) if !fault.leaves_connection() => {
                    tracing::debug!("an idle connection to the mail relay had ended");
                    self.pool.clear();
                }
                begun => return Ok((used, begun)),
            }
        }
        let mut fresh = reach(&self.relay, deadline).await?;
        let begun = fresh.begin(mail, deadline).await;
        Ok((fresh, begun))
    }
}

impl Mailer for LettreMailer {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        Box::pin(self.deliver(mail))
    }
}

/// Says where mails go, and nothing of the login.
impl std::fmt::Debug for LettreMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LettreMailer")
            .field("host", &self.relay.host)
            .field("port", &self.relay.port)
            .finish_non_exhaustive()
    }
}
