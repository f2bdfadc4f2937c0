//! Passwords presented and chosen: hashed on blocking threads, a bounded number at once, and not to be guessed by
//! trying.

mod throttle;

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use usher_auth::Passwords;
use usher_domain::{
    address::EmailAddress,
    person::{MAX_PASSWORD_OCTETS, Password, PasswordHash, Person},
    port::StoreError,
};

use crate::gate::Gate;
use throttle::{Refused, Throttle};

/// How long somebody waits for a place before being asked to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where passwords are hashed and compared. One for the whole process.
pub struct PasswordDesk {
    passwords: Arc<Passwords>,
    places: Arc<Semaphore>,
    throttle: Throttle,
}

/// Why nothing can be said about a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many passwords at once, or no memory to hash one.
    #[error("too many people are signing in at the moment; try again")]
    Busy,
    /// The address was tried too often with wrong passwords.
    #[error("too many wrong passwords for this address; try again in {} minutes", seconds.div_ceil(60))]
    TooManyFailures {
        /// How long to wait.
        seconds: u32,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PasswordDesk {
    /// A desk with as many `places` as passwords may be worked on at once: each takes 19 MiB and a core for some 20 ms.
    #[must_use]
    pub fn new(passwords: Arc<Passwords>, places: Arc<Semaphore>) -> Self {
        Self { passwords, places, throttle: Throttle::default() }
    }

    /// Hashes a chosen password.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        let hashed = self.work(move |passwords| passwords.hash(&password)).await?;
        hashed.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            PasswordError::Busy
        })
    }

    /// The person whose address and password these are. `None` for a wrong password, an unknown address, an address
    /// without a password and (`email` is `None`) what is no address at all: in the same time, so that nobody finds
    /// out who has a login.
    pub async fn sign_in(
        &self,
        gate: &Gate,
        email: Option<EmailAddress>,
        presented: String,
    ) -> Result<Option<Person>, PasswordError> {
        // What is no address, and what nobody can have chosen, is not worth a try: there is nothing to guess.
        let Some(email) = email.filter(|_| presented.len() <= MAX_PASSWORD_OCTETS) else {
            self.work(|passwords| passwords.verify(None, "")).await?;
            return Ok(None);
        };
        let key = email.key().to_owned();
        self.throttle.admit(&key, gate.env().now()).map_err(|refused| match refused {
            Refused::Failed(seconds) => PasswordError::TooManyFailures { seconds },
            Refused::Running => PasswordError::Busy,
        })?;
        let mut running = Running { throttle: &self.throttle, key, right: None };
        let judged = self.judge(gate, email, presented).await;
        running.right = judged.as_ref().ok().map(Option::is_some);
        judged
    }

    async fn judge(
        &self,
        gate: &Gate,
        email: EmailAddress,
        presented: String,
    ) -> Result<Option<Person>, PasswordError> {
        let person = gate
            .run(move |store, _| store.read::<_, StoreError>("sign_in", |tx| tx.person_by_email(&email)))
            .await?;
        let hash = person.as_ref().and_then(|person| person.password.clone());
        let right = self.work(move |passwords| passwords.verify(hash.as_ref(), &presented)).await?;
        Ok(person.filter(|_| right))
    }

    /// Runs `work` on a blocking thread, outside of any transaction, because it takes longer than one may.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Passwords) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let waiting = Arc::clone(&self.places).acquire_owned();
        let Ok(Ok(place)) = tokio::time::timeout(PATIENCE, waiting).await else {
            tracing::warn!("too many passwords to hash at once");
            return Err(PasswordError::Busy);
        };
        let passwords = Arc::clone(&self.passwords);
        let done = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, even when the caller hangs up before.
            let _place = place;
            work(&passwords)
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "hashing a password panicked");
            PasswordError::Busy
        })
    }
}

/// A try that was let in. It ends with its request, also when the caller hangs up before the answer.
struct Running<'a> {
    throttle: &'a Throttle,
    key: String,
    right: Option<bool>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.throttle.end(&self.key, self.right);
    }
}

impl std::fmt::Debug for PasswordDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordDesk")
            .field("places", &self.places.available_permits())
            .finish_non_exhaustive()
    }
}
