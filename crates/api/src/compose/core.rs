use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use usher_auth::{HmacLinkKeys, Passwords, RequestKeys, TokenIssuer};
use usher_domain::{
    env::{Env, Policy},
    outbox::RetryPolicy,
    port::{Clock, Entropy, Store},
};
use usher_persistence::{DatabaseOptions, DieselStore, MigrateError};

use super::{StartError, credentials};
use crate::{
    settings::{Acceptance, Settings},
    system::{SystemClock, SystemEntropy},
};

/// Time and randomness. Tests bring their own.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl World {
    /// The machine's.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

/// The database, the keys and the policy: what every use case needs.
pub struct Core {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The world of the use cases. Its `public_url` is the one that is configured; [`Core::reached_at`] sets another.
    pub env: Env,
    /// Hashes and checks passwords.
    pub passwords: Arc<Passwords>,
    /// Signs Usher's own tokens.
    pub issuer: TokenIssuer,
    /// Tells requests that come again from other ones.
    pub requests: RequestKeys,
    database: Arc<DieselStore>,
}

impl Core {
    /// Opens the database and makes the keys; with the system's clock and randomness.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        Self::open_in(settings, World::system())
    }

    /// As [`Core::open`], in another world.
    pub fn open_in(settings: &Settings, world: World) -> Result<Self, StartError> {
        let secrets = credentials::secrets(&settings.auth)?;
        let own = credentials::own_issuer(&settings.auth, &secrets)?;
        let issuer = TokenIssuer::new(&own).map_err(|error| StartError::Auth(error.to_string()))?;
        let env = Env {
            clock: world.clock,
            entropy: Arc::clone(&world.entropy),
            keys: Arc::new(HmacLinkKeys::new(&secrets)),
            policy: policy(settings)?,
        };
        // Last, so that nothing is touched before the settings are known to be sound.
        let database = Arc::new(DieselStore::open(&database_options(settings))?);
        let passwords = Arc::new(Passwords::new(world.entropy));
        let store = Arc::clone(&database) as Arc<dyn Store>;
        Ok(Self { store, env, passwords, issuer, requests: RequestKeys::new(&secrets), database })
    }

    /// Applies pending migrations; answers how many.
    pub fn migrate(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().run()?.len())
    }

    /// How many migrations are pending.
    pub fn pending(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().pending()?.len())
    }

    /// Brings the database up to date, or refuses one that is not, as the settings say.
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

    /// Where links lead.
    pub fn reached_at(&mut self, public_url: String) {
        self.env.policy.public_url = public_url;
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("env", &self.env).finish_non_exhaustive()
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
        resend_interval: delta(invitations.resend_interval, "invitations.resend_interval")?,
        writes_per_hour: settings.limits.writes_per_hour,
        accept_by_possession: invitations.acceptance == Acceptance::Possession,
        retry: retry(settings)?,
    })
}

fn retry(settings: &Settings) -> Result<RetryPolicy, StartError> {
    let usual = RetryPolicy::default();
    let Some(relay) = &settings.mail else { return Ok(usual) };
    let deadline = delta(relay.deadline(), "mail.deadline")?;
    Ok(RetryPolicy { lease: lease(deadline), ..usual })
}

/// A lease outlasts the delivery that it covers, whatever deadline is configured: name the mail, send it, write it
/// down. It is no longer than that, because the mails of a worker that died wait for its end.
fn lease(deadline: TimeDelta) -> TimeDelta {
    deadline * 2 + TimeDelta::seconds(30)
}

pub(super) fn delta(duration: Duration, key: &'static str) -> Result<TimeDelta, StartError> {
    // Dates end in the year 262143; a century is beyond every sensible setting.
    let century = TimeDelta::days(36_525);
    TimeDelta::from_std(duration).ok().filter(|delta| *delta <= century).ok_or(StartError::Duration(key))
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
