use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use usher_tooling::Failure;

use super::mail::RelayedMail;

/// The longest time until a connection reaches the step where it is held.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A step of the dialogue at which a connection can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpStep {
    /// The relay has accepted the connection, and has not greeted yet.
    Connect,
    /// The relay has received DATA, and has not replied yet.
    Data,
    /// The relay has received and kept the whole mail, and has not replied yet.
    EndOfData,
    /// The relay has replied 250 to the mail.
    Relayed,
}

/// What all connections of a relay share.
#[derive(Default)]
pub(super) struct RelayState {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    mails: BTreeMap<String, Vec<RelayedMail>>,
    /// The step and the recipient to hold; at [`SmtpStep::Connect`] the recipient is not known yet, and every connection is held.
    hold: Option<(SmtpStep, String)>,
    /// Whether a connection is held.
    is_held: bool,
}

impl Inner {
    fn holds(&self, step: SmtpStep, recipient: &str) -> bool {
        self.hold.as_ref().is_some_and(|(held, held_recipient)| {
            *held == step && (step == SmtpStep::Connect || held_recipient == recipient)
        })
    }
}

impl RelayState {
    pub(super) fn hold(&self, step: SmtpStep, recipient: &str) {
        let mut inner = self.lock();
        inner.hold = Some((step, recipient.to_owned()));
        inner.is_held = false;
        self.changed.notify_all();
    }

    pub(super) fn await_held(&self) -> Result<(), Failure> {
        let waited = self.changed.wait_timeout_while(self.lock(), TIMEOUT, |inner| !inner.is_held);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if inner.is_held { Ok(()) } else { Err(format!("no connection came to {:?}", inner.hold).into()) }
    }

    pub(super) fn release(&self) {
        self.lock().hold = None;
        self.changed.notify_all();
    }

    pub(super) fn count(&self, recipient: &str) -> usize {
        self.lock().mails.get(recipient).map_or(0, Vec::len)
    }

    pub(super) fn mails(&self) -> BTreeMap<String, Vec<RelayedMail>> {
        self.lock().mails.clone()
    }

    /// Called by a connection at each step. Returns at once unless the connection is held there; otherwise, returns
    /// when it is released.
    pub(super) fn reach(&self, step: SmtpStep, recipient: &str) {
        let mut inner = self.lock();
        if inner.holds(step, recipient) {
            inner.is_held = true;
            self.changed.notify_all();
            let waited = self.changed.wait_while(inner, |inner| inner.holds(step, recipient));
            drop(waited);
        }
    }

    /// Keeps a mail.
    pub(super) fn keep(&self, recipient: &str, message: &[u8]) {
        self.lock().mails.entry(recipient.to_owned()).or_default().push(RelayedMail::parse(message));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
