use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use usher_app::{Adapters, App, Limits};
use usher_auth::{CredentialVerifier, HmacLinkKeys, JwtVerifier, Passwords, RequestKeys, TokenIssuer};
use usher_domain::{
    env::{Env, Policy},
    outbox::RetryPolicy,
    port::{Clock, Entropy, Store},
};
use usher_persistence::{DatabaseOptions, DieselStore, MigrateError};

use super::{StartError, credentials, duration::time_delta};
use crate::{
    settings::{Acceptance, Settings},
    system::{SystemClock, SystemEntropy},
};

/// Time and randomness. Tests bring their own.
#[derive(Clone)]
pub struct ClockAndEntropy {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl ClockAndEntropy {
    /// The machine's.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

/// The database, the keys and the policy of a deployment: what every command needs.
pub struct Deployment {
    /// Where everything is stored.
    pub store: Arc<dyn Store>,
    /// Clock, entropy, link keys and policy. Its `public_url` is the configured one; [`Deployment::reached_at`] sets another.
    pub env: Env,
    /// Hashes and verifies passwords.
    pub passwords: Arc<Passwords>,
    /// Signs Usher's own tokens.
    pub issuer: Arc<TokenIssuer>,
    fingerprints: Arc<RequestKeys>,
    database: Arc<DieselStore>,
}

impl Deployment {
    /// Opens the database and derives the keys, with the system's clock and randomness.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        Self::open_with(settings, ClockAndEntropy::system())
    }

    /// As [`Deployment::open`], with another clock and other randomness.
    pub fn open_with(settings: &Settings, ports: ClockAndEntropy) -> Result<Self, StartError> {
        let secrets = credentials::secrets(&settings.auth)?;
        let own = credentials::own_issuer(&settings.auth, &secrets)?;
        let issuer = TokenIssuer::new(&own).map_err(|error| StartError::Auth(error.to_string()))?;
        let env = Env {
            clock: ports.clock,
            entropy: Arc::clone(&ports.entropy),
            keys: Arc::new(HmacLinkKeys::new(&secrets)),
            policy: policy(settings)?,
        };
        // Last, so that nothing is touched before the settings are known to be valid.
        let database = Arc::new(DieselStore::open(&database_options(settings))?);
        Ok(Self {
            store: Arc::clone(&database) as Arc<dyn Store>,
            env,
            passwords: Arc::new(Passwords::new(ports.entropy)),
            issuer: Arc::new(issuer),
            fingerprints: Arc::new(RequestKeys::new(&secrets)),
            database,
        })
    }

    /// The application over this deployment. `verifier` decides which tokens are accepted.
    pub fn app(&self, settings: &Settings, verifier: JwtVerifier) -> Result<App, StartError> {
        let adapters = Adapters {
            store: Arc::clone(&self.store),
            env: self.env.clone(),
            authenticator: Arc::new(CredentialVerifier::new(verifier)),
            hasher: Arc::clone(&self.passwords) as _,
            signer: Arc::clone(&self.issuer) as _,
            fingerprints: Arc::clone(&self.fingerprints) as _,
        };
        let limits = Limits {
            units: settings.database.pool_size as usize,
            budget: settings.database.acquire_timeout,
            passwords: settings.server.threads,
            token_lifetime: time_delta(settings.auth.token_lifetime, "auth.token_lifetime")?,
        };
        Ok(App::new(adapters, limits))
    }

    /// Applies pending migrations. Returns how many there were.
    pub fn migrate(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().run()?.len())
    }

    /// How many migrations are pending.
    pub fn pending(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().pending()?.len())
    }

    /// Brings the database up to date, or rejects one that is not, as the settings say.
    pub fn prepare(&self, settings: &Settings) -> Result<(), StartError> {
        if settings.database.migrate {
            let applied = self.migrate()?;
            if applied > 0 {
                tracing::info!(applied, "migrations applied");
            }
            return Ok(());
        }
        match self.pending()? {
            0 => Ok(()),
            pending => Err(StartError::Pending(pending)),
        }
    }

    /// Sets where links lead.
    pub fn reached_at(&mut self, public_url: String) {
        self.env.policy.public_url = public_url;
    }
}

impl std::fmt::Debug for Deployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deployment").field("env", &self.env).finish_non_exhaustive()
    }
}

fn database_options(settings: &Settings) -> DatabaseOptions {
    let database = &settings.database;
    DatabaseOptions {
        pool_size: database.pool_size,
        acquire_timeout: database.acquire_timeout,
        statement_cache: database.statement_cache,
        ..DatabaseOptions::new(database.url.expose_secret())
    }
}

fn policy(settings: &Settings) -> Result<Policy, StartError> {
    let invitations = &settings.invitations;
    Ok(Policy {
        public_url: settings.server.base_url(settings.server.bind),
        resend_interval: time_delta(invitations.resend_interval, "invitations.resend_interval")?,
        writes_per_hour: settings.limits.writes_per_hour,
        accept_by_possession: invitations.acceptance == Acceptance::Possession,
        retry: retry(settings)?,
    })
}

fn retry(settings: &Settings) -> Result<RetryPolicy, StartError> {
    let default = RetryPolicy::default();
    let Some(relay) = &settings.mail else { return Ok(default) };
    let deadline = time_delta(relay.deadline(), "mail.deadline")?;
    Ok(RetryPolicy { lease: lease(deadline), ..default })
}

/// A lease outlasts the delivery that it covers, whatever deadline is configured: claim, send, record the result. It is no
/// longer than that, because the mails of a worker that died wait for its end.
fn lease(deadline: TimeDelta) -> TimeDelta {
    deadline * 2 + TimeDelta::seconds(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lease_follows_from_the_deadline() {
        assert_eq!(lease(TimeDelta::seconds(60)), RetryPolicy::default().lease);
        assert_eq!(lease(TimeDelta::seconds(1)), TimeDelta::seconds(32));
    }
}
