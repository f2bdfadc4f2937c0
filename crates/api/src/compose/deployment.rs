use std::{path::Path, sync::Arc};

use secrecy::ExposeSecret as _;
use usher_app::{Adapters, App, HealthSettings, Limits, PasswordRules};
use usher_auth::{CredentialVerifier, HmacLinkKeys, JwtVerifier, Passwords, RequestKeys, TokenIssuer};
use usher_domain::{
    env::Env,
    port::{Clock, Entropy, Store, StoreError, store::ClockReading},
};
use usher_persistence::{DatabaseOptions, DieselStore, MigrateError};

use super::{StartError, credentials, duration::time_delta, policy::policy};
use crate::{
    settings::Settings,
    system::{DatabaseClock, SystemClock, SystemEntropy},
};

/// The clock and the random generator. Tests replace those of the system.
#[derive(Clone)]
pub struct ClockAndEntropy {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The random generator.
    pub entropy: Arc<dyn Entropy>,
}

impl ClockAndEntropy {
    /// The clock and the random generator of the operating system. The clock follows the database's.
    #[must_use]
    pub fn system() -> Self {
        let clock = DatabaseClock::over(Arc::new(SystemClock));
        Self { clock: Arc::new(clock), entropy: Arc::new(SystemEntropy) }
    }
}

/// The database, the keys and the policy of a deployment. Every command needs them.
pub struct Deployment {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Clock, entropy, link keys and policy. [`Deployment::set_public_url`] replaces the configured `public_url`.
    pub env: Env,
    /// Hashes and verifies passwords.
    pub passwords: Arc<Passwords>,
    /// Signs Usher's own tokens.
    pub issuer: Arc<TokenIssuer>,
    fingerprints: Arc<RequestKeys>,
    database: Arc<DieselStore>,
}

impl Deployment {
    /// Opens an existing database and derives the keys, with the system's clock and randomness.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        require_database(settings)?;
        Self::open_with(settings, ClockAndEntropy::system())
    }

    /// Like [`Deployment::open`], and creates the file of a missing SQLite database. Uses the clock and the random generator
    /// of `ports`.
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
        // Last, because opening creates the file of a SQLite database, and invalid settings must not create one.
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

    /// Builds the application of this deployment. `verifier` decides which tokens are accepted.
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
            passwords: settings.auth.password_concurrency,
            password_rules: PasswordRules {
                min_length: settings.auth.password_min_length,
                min_score: settings.auth.password_min_score,
            },
            token_lifetime: time_delta(settings.auth.token_lifetime, "auth.token_lifetime")?,
        };
        let health = HealthSettings {
            check_timeout: settings.database.check_timeout,
            leeway: time_delta(settings.auth.leeway, "auth.leeway")?,
        };
        Ok(App::new(adapters, limits).with_health(health))
    }

    /// The database, with the state of its connections.
    #[must_use]
    pub fn database(&self) -> Arc<DieselStore> {
        Arc::clone(&self.database)
    }

    /// Applies pending migrations and returns their number.
    pub fn migrate(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().run()?.len())
    }

    /// Returns the number of pending migrations.
    pub fn pending(&self) -> Result<usize, MigrateError> {
        Ok(self.database.migrations().pending()?.len())
    }

    /// Applies pending migrations if `database.migrate` is on. Otherwise pending migrations are an error. Then sets the clock by
    /// the database's.
    pub fn prepare(&self, settings: &Settings) -> Result<(), StartError> {
        self.bring_up_to_date(settings)?;
        match self.store.check(self.env.clock.as_ref()) {
            Ok(reading) => drop(self.env.clock.follow(reading)),
            Err(error) => tracing::warn!(%error, "the database's clock cannot be read yet"),
        }
        Ok(())
    }

    fn bring_up_to_date(&self, settings: &Settings) -> Result<(), StartError> {
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

    /// Checks that the database accepts writes, and compares its clock with this one.
    pub fn check(&self, clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        self.database.check(clock)
    }

    /// Sets the URL that links in mails begin with.
    pub fn set_public_url(&mut self, public_url: String) {
        self.env.policy.public_url = public_url;
    }
}

impl std::fmt::Debug for Deployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deployment").field("env", &self.env).finish_non_exhaustive()
    }
}

/// Fails if the file of the SQLite database is missing. A mistyped path would otherwise become an empty database.
pub(super) fn require_database(settings: &Settings) -> Result<(), StartError> {
    let Some(path) = settings.database.url.expose_secret().strip_prefix("sqlite:") else { return Ok(()) };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    if path.exists() { Ok(()) } else { Err(StartError::NoDatabase(path.to_owned())) }
}

fn database_options(settings: &Settings) -> DatabaseOptions {
    let database = &settings.database;
    DatabaseOptions {
        pool_size: database.pool_size,
        acquire_timeout: database.acquire_timeout,
        call_timeout: database.call_timeout,
        statement_cache: database.statement_cache,
        ..DatabaseOptions::new(database.url.expose_secret())
    }
}
