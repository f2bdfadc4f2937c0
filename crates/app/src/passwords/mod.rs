//! Hashes and checks passwords on blocking threads, a bounded number at once. Failed sign-ins delay further ones.

mod rules;

use std::{iter, net::IpAddr, sync::Arc, time::Duration};

use tokio::task::spawn_blocking;
use usher_domain::{
    address::EmailAddress,
    env::Env,
    person::{MAX_PASSWORD_OCTETS, Password, PasswordHash},
    port::{HashingError, PasswordHasher, RequestFingerprints, StoreError, Tx, store::Mode},
    sign_in::{AttemptedAddress, Network, SignInAttempt},
    usecase::attempt_sign_in::{
        Admission, AttemptEnd, AttemptError, ProvenPerson, attempt_sign_in, end_attempt, expect_admission,
    },
};

pub use self::rules::{PasswordRules, PersonalWords, UnsuitablePassword};
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
/// The name, in logs and metrics, of the turn at counting attempts to sign in.
const TURN_LIMIT: &str = "sign_in_turns";
/// The name, in logs and metrics, of a lack of memory to hash a password.
const MEMORY_LIMIT: &str = "password_memory";

/// Hashes and checks passwords. One for the whole process.
pub struct PasswordService {
    units: Units,
    hasher: Arc<dyn PasswordHasher>,
    limiter: Limiter,
    rules: PasswordRules,
    /// Names the counters of failed sign-ins.
    fingerprints: Arc<dyn RequestFingerprints>,
    /// One turn at a time.
    admissions: Limiter,
}

/// Why a password could be neither hashed nor checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many passwords are being hashed, or there is no memory to hash one.
    #[error("too many people are signing in at the moment; try again")]
    Busy,
    /// Too many logins to this address, from this network, or in total have failed.
    #[error("too many failed logins; try again in {seconds} seconds")]
    TooManyFailures {
        /// How long to wait.
        seconds: u32,
    },
    /// The store failed, or Usher has a defect.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AttemptError> for PasswordError {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::TooManyFailures { seconds } => Self::TooManyFailures { seconds },
            AttemptError::Store(error) => Self::Store(error),
        }
    }
}

impl PasswordService {
    /// Works on `permits` passwords at once. Each takes 19 MiB and some 20 ms of processor time, so the permits bound the
    /// memory of hashing.
    pub(crate) fn new(
        units: &Units,
        hasher: Arc<dyn PasswordHasher>,
        permits: usize,
        rules: PasswordRules,
        fingerprints: Arc<dyn RequestFingerprints>,
    ) -> Self {
        let (units, limiter, admissions) = (units.clone(), Limiter::new(permits), Limiter::new(1));
        Self { units, hasher, limiter, rules, fingerprints, admissions }
    }

    /// How many passwords are being hashed, of how many at most.
    pub(crate) fn load(&self) -> PermitLoad {
        self.limiter.load()
    }

    /// Minimum number of characters of a password that a person chooses.
    #[must_use]
    pub const fn min_length(&self) -> usize {
        self.rules.min_length
    }

    /// Runs `check`, which checks chosen passwords with [`PasswordRules::check`], like hashing: on a blocking thread with a
    /// permit. Judging a password that is made to be slow to judge takes a tenth of a second.
    pub async fn choose<T: Send + 'static>(
        &self,
        check: impl FnOnce(PasswordRules) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let rules = self.rules;
        self.work(move |_| Ok(check(rules))).await
    }

    /// Hashes a password that [`PasswordRules::check`] accepted.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordError> {
        self.work(move |hasher| hasher.hash(&password)).await
    }

    /// The person with this address and password. `None` for a wrong password, an unknown address, an address without a
    /// password, and text that is not an address (`email` is `None`), all in the same time: response times do not
    /// reveal who has a login.
    pub async fn sign_in(
        &self,
        context: &RequestContext,
        client: IpAddr,
        email: Option<EmailAddress>,
        presented: String,
    ) -> Result<Option<ProvenPerson>, PasswordError> {
        // Nobody has a password that is longer than allowed, so no failure is counted for the address.
        let email = email.filter(|_| presented.len() <= MAX_PASSWORD_OCTETS);
        let failure = if email.is_some() { "wrong_password" } else { "malformed" };
        let attempt = self.attempt(client, email);
        let admission = self.admit(context, attempt).await.inspect_err(|error| {
            if matches!(error, PasswordError::TooManyFailures { .. }) {
                security::login_failed("too_many_failures");
            }
        })?;
        let hash = admission.person.as_ref().and_then(|person| person.password.clone());
        let checked = self.work(move |hasher| hasher.verify(hash.as_ref(), &presented)).await;
        let end = match checked {
            Ok(true) => AttemptEnd::RightPassword,
            Ok(false) => {
                security::login_failed(failure);
                return Ok(None);
            }
            Err(_) => AttemptEnd::NotChecked,
        };
        let settle = move |tx: &mut dyn Tx, env: &Env| end_attempt(tx, env, &admission, end);
        let settled = self.units.run(context, "person.end_sign_in", Mode::Write, settle).await;
        checked?;
        let proven = settled?;
        if proven.is_none() {
            security::login_failed(failure);
        }
        Ok(proven)
    }

    /// Admits attempts one after the other, because they change the same counters. Attempts that have to wait are rejected without
    /// a turn, so that any number of them takes no turn from others.
    async fn admit(
        &self,
        context: &RequestContext,
        attempt: SignInAttempt,
    ) -> Result<Admission, PasswordError> {
        let expected = attempt.clone();
        let expect = move |tx: &mut dyn Tx, env: &Env| expect_admission(tx, env, &expected);
        self.units.run(context, "person.expect_sign_in", Mode::Look, expect).await?;
        let Some(_turn) = self.admissions.acquire_within(WAIT).await else {
            telemetry::overloaded("person.sign_in", TURN_LIMIT);
            return Err(PasswordError::Busy);
        };
        let admit = move |tx: &mut dyn Tx, env: &Env| attempt_sign_in(tx, env, &attempt);
        Ok(self.units.run(context, "person.sign_in", Mode::Write, admit).await?)
    }

    fn attempt(&self, client: IpAddr, email: Option<EmailAddress>) -> SignInAttempt {
        let network = Network::of(client);
        let name = |parts: &[&[u8]]| {
            let parts: Vec<&[u8]> = iter::once(&b"failed sign-in"[..]).chain(parts.iter().copied()).collect();
            self.fingerprints.key_digest(&parts)
        };
        let address = email.map(|email| AttemptedAddress {
            from_network: name(&[email.key().as_bytes(), network.octets()]),
            from_anywhere: name(&[email.key().as_bytes(), b"anywhere"]),
            email,
        });
        SignInAttempt { address, network: name(&[b"network", network.octets()]), total: name(&[b"total"]) }
    }

    /// Runs `work` on a blocking thread, outside of any transaction, because it takes longer than a transaction may.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn PasswordHasher) -> Result<T, HashingError> + Send + 'static,
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
        let worked = done.await.map_err(|error| {
            let defect = panicked("password.hash", &error);
            telemetry::defect("password.hash", &defect);
            PasswordError::from(defect)
        })?;
        worked.map_err(|error| {
            tracing::warn!(%error, "no memory to hash a password");
            telemetry::overloaded("password.hash", MEMORY_LIMIT);
            PasswordError::Busy
        })
    }
}

impl std::fmt::Debug for PasswordService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordService").finish_non_exhaustive()
    }
}
