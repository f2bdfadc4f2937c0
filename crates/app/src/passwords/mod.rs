//! Hashes and checks passwords on blocking threads, a bounded number at once, with a throttle for each address.

mod throttle;

use std::{sync::Arc, time::Duration};

use tokio::task::spawn_blocking;
use usher_domain::{
    address::EmailAddress,
    person::{MAX_PASSWORD_OCTETS, Password, PasswordHash, Person},
    port::{PasswordHasher, StoreError, Tx, store::Mode},
};

use self::throttle::{Blocked, Throttle};
use crate::{
    context::RequestContext,
    limiter::{Limiter, PermitLoad},
    telemetry::{self, security},
    units::{Units, panicked},
};

/// How long a request waits for a permit to hash. This is longer than the time budget of other waits, because each
/// password takes tens of milliseconds of processor time.
const WAIT: Duration = Duration::from_secs(5);

/// The limit's name in logs and metrics.
const LIMIT: &str = "password_hashing";
/// The name, in logs and metrics, of a lack of memory to hash a password.
const MEMORY_LIMIT: &str = "password_memory";

/// Hashes and checks passwords. One for the whole process.
pub struct PasswordService {
    units: Units,
    hasher: Arc<dyn PasswordHasher>,
    limiter: Limiter,
    throttle: Throttle,
}

/// Why a password could be neither hashed nor checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many passwords are being hashed, or there is no memory to hash one.
    #[error("too many people are signing in at the moment; try again")]
    Busy,
    /// The address was tried too often with wrong passwords.
    #[error("too many wrong passwords for this address; try again in {} minutes", seconds.div_ceil(60))]
    TooManyFailures {
        /// How long to wait.
        seconds: u32,
    },
    /// The store failed, or Usher has a defect.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PasswordService {
    /// Works on `permits` passwords at once. Each takes 19 MiB and some 20 ms of processor time.
    pub(crate) fn new(units: &Units, hasher: Arc<dyn PasswordHasher>, permits: usize) -> Self {
        Self { units: units.clone(), hasher, limiter: Limiter::new(permits), throttle: Throttle::default() }
    }

    /// How many passwords are being hashed, of how many at most.
    pub(crate) fn load(&self) -> PermitLoad {
        self.limiter.load()
    }

    /// Hashes a chosen password.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        let hashed = self.work(move |hasher| hasher.hash(&password)).await?;
        hashed.map_err(|error| {
            tracing::warn!(%error, "no memory to hash a password");
            telemetry::overloaded("password.hash", MEMORY_LIMIT);
            PasswordError::Busy
        })
    }

    /// The person with this address and password. `None` for a wrong password, an unknown address, an address without a
    /// password, and text that is not an address (`email` is `None`), all in the same time: response times do not
    /// reveal who has a login.
    pub async fn sign_in(
        &self,
        context: &RequestContext,
        email: Option<EmailAddress>,
        presented: String,
    ) -> Result<Option<Person>, PasswordError> {
        // An invalid address, or a password longer than allowed, never succeeds, so it needs no throttle.
        let Some(email) = email.filter(|_| presented.len() <= MAX_PASSWORD_OCTETS) else {
            self.work(|hasher| hasher.verify(None, "")).await?;
            security::login_failed("malformed");
            return Ok(None);
        };
        let key = email.key().to_owned();
        self.throttle.admit(&key, self.units.env.now()).map_err(|blocked| match blocked {
            Blocked::TooManyFailures { seconds } => {
                security::login_failed("too_many_failures");
                PasswordError::TooManyFailures { seconds }
            }
            Blocked::TooManyAttempts => {
                security::login_failed("too_many_attempts");
                PasswordError::Busy
            }
        })?;
        let mut attempt = Attempt { throttle: &self.throttle, key, right: None };
        let checked = self.check(context, email, presented).await;
        attempt.right = checked.as_ref().ok().map(Option::is_some);
        if attempt.right == Some(false) {
            security::login_failed("wrong_password");
        }
        checked
    }

    async fn check(
        &self,
        context: &RequestContext,
        email: EmailAddress,
        presented: String,
    ) -> Result<Option<Person>, PasswordError> {
        let find = move |tx: &mut dyn Tx, _: &_| tx.person_by_email(&email);
        let person = self.units.run(context, "person.sign_in", Mode::Read, find).await?;
        let hash = person.as_ref().and_then(|person| person.password.clone());
        let right = self.work(move |hasher| hasher.verify(hash.as_ref(), &presented)).await?;
        Ok(person.filter(|_| right))
    }

    /// Runs `work` on a blocking thread, outside of any transaction, because it takes longer than a transaction may.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn PasswordHasher) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let Some(permit) = self.limiter.acquire_within(WAIT).await else {
            telemetry::overloaded("password.hash", LIMIT);
            return Err(PasswordError::Busy);
        };
        let hasher = Arc::clone(&self.hasher);
        let done = spawn_blocking(move || {
            // Held until the work ends, even if the client hangs up first.
            let _permit = permit;
            work(hasher.as_ref())
        });
        done.await.map_err(|error| {
            let defect = panicked("password.hash", &error);
            telemetry::defect("password.hash", &defect);
            defect.into()
        })
    }
}

/// An attempt that the throttle admitted. It ends with its request, even if the client hangs up before the result.
struct Attempt<'a> {
    throttle: &'a Throttle,
    key: String,
    right: Option<bool>,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.throttle.end(&self.key, self.right);
    }
}

impl std::fmt::Debug for PasswordService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordService").finish_non_exhaustive()
    }
}
