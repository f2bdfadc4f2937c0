use std::{
    collections::BTreeMap,
    net::{Shutdown, TcpStream},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use usher_tooling::Failure;

use super::mail::RelayedMail;

/// The longest time until a connection reaches the step where it is held.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The relay refuses recipients whose addresses begin with this.
pub(crate) const BAD: &str = "bad";

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
    /// When the first copy of each recipient's mail came.
    arrivals: BTreeMap<String, Instant>,
    /// How often each recipient was refused.
    refusals: BTreeMap<String, u32>,
    refuses_everybody: bool,
    is_down: bool,
    connections: Vec<TcpStream>,
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
        let mut inner = self.lock();
        inner.arrivals.entry(recipient.to_owned()).or_insert_with(Instant::now);
        inner.mails.entry(recipient.to_owned()).or_default().push(RelayedMail::parse(message));
    }

    pub(super) fn arrivals(&self) -> BTreeMap<String, Instant> {
        self.lock().arrivals.clone()
    }

    pub(super) fn refusals(&self) -> BTreeMap<String, u32> {
        self.lock().refusals.clone()
    }

    pub(super) fn refuse_everybody(&self, refuses: bool) {
        self.lock().refuses_everybody = refuses;
    }

    /// Whether the relay refuses the recipient, which is counted.
    pub(super) fn refuses(&self, recipient: &str) -> bool {
        let mut inner = self.lock();
        let refuses = inner.refuses_everybody || recipient.starts_with(BAD);
        if refuses {
            *inner.refusals.entry(recipient.to_owned()).or_default() += 1;
        }
        refuses
    }

    /// Keeps a connection, so that it can be closed. Returns false when the relay is down.
    pub(super) fn keep_connection(&self, stream: &TcpStream) -> bool {
        let mut inner = self.lock();
        inner.connections.retain(|connection| connection.peer_addr().is_ok());
        inner.connections.extend(stream.try_clone());
        !inner.is_down
    }

    /// Closes all connections.
    pub(super) fn go_down(&self) {
        let mut inner = self.lock();
        inner.is_down = true;
        for connection in inner.connections.drain(..) {
            // It may be closed already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn come_up(&self) {
        self.lock().is_down = false;
        self.changed.notify_all();
    }

    pub(super) fn await_up(&self) {
        let waited = self.changed.wait_while(self.lock(), |inner| inner.is_down);
        drop(waited);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
