//! An SMTP relay that keeps what it takes, and can stand still at any step of the dialogue until it is told to go on.

mod dialogue;
mod mail;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

pub(super) use self::mail::Taken;
use crate::shell::Failure;

/// Longest wait for a connection to come to where it is held.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a connection can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Accepted, and not greeted.
    Connect,
    /// DATA came, and is not answered.
    Data,
    /// The final dot came, and is not answered. The relay has the mail already.
    Dot,
    /// The 250 for the final dot has left.
    Taken,
}

/// A relay on a port of its own. It ends with this process.
#[derive(Clone)]
pub(super) struct Relay {
    shared: Arc<Shared>,
    port: u16,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What was taken, by recipient, in the order of arrival.
    mails: BTreeMap<String, Vec<Taken>>,
    /// Where to hold whom; at [`Step::Connect`] everybody.
    hold: Option<(Step, String)>,
    /// Whether somebody is held there.
    held: bool,
}

impl Relay {
    pub(super) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let relay = Self { shared: Arc::default(), port };
        let accepting = relay.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let relay = accepting.clone();
                // A connection that breaks has nothing to tell: what counts is what was taken.
                thread::spawn(move || dialogue::serve(&stream, &relay));
            }
        });
        Ok(relay)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// From now on holds the mail to that address at the step, or at [`Step::Connect`] every connection. Whoever was held
    /// elsewhere goes on.
    pub(super) fn hold(&self, step: Step, recipient: &str) {
        let mut state = self.lock();
        state.hold = Some((step, recipient.to_owned()));
        state.held = false;
        self.shared.changed.notify_all();
    }

    /// Waits until somebody is held.
    pub(super) fn await_held(&self) -> Result<(), Failure> {
        let waited = self.shared.changed.wait_timeout_while(self.lock(), PATIENCE, |state| !state.held);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.held { Ok(()) } else { Err(format!("nobody came to {:?}", state.hold).into()) }
    }

    /// Lets everybody go on.
    pub(super) fn release(&self) {
        self.lock().hold = None;
        self.shared.changed.notify_all();
    }

    /// How many mails to that address were taken.
    pub(super) fn count(&self, recipient: &str) -> usize {
        self.lock().mails.get(recipient).map_or(0, Vec::len)
    }

    /// Everything that was taken, by recipient.
    pub(super) fn mails(&self) -> BTreeMap<String, Vec<Taken>> {
        self.lock().mails.clone()
    }

    /// A connection came to a step: stays there as long as it is held.
    fn pass(&self, step: Step, recipient: &str) {
        let mut state = self.lock();
        let is_held = |state: &State| {
            state
                .hold
                .as_ref()
                .is_some_and(|(held, whom)| *held == step && (step == Step::Connect || whom == recipient))
        };
        if is_held(&state) {
            state.held = true;
            self.shared.changed.notify_all();
            let waiting = self.shared.changed.wait_while(state, |state| is_held(state));
            drop(waiting);
        }
    }

    fn take(&self, recipient: &str, octets: &[u8]) {
        self.lock().mails.entry(recipient.to_owned()).or_default().push(Taken::read(octets));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
    };

    use super::*;

    const MAIL: &[u8] =
        b"EHLO us\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n";

    #[test]
    fn a_mail_is_kept_before_it_is_answered_for() {
        let relay = Relay::start().unwrap();
        relay.hold(Step::Dot, "d@e.f");
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).unwrap();
        client.write_all(MAIL).unwrap();
        relay.await_held().unwrap();
        assert_eq!(relay.count("d@e.f"), 1);
        relay.release();
        let mut said = String::new();
        client.read_to_string(&mut said).unwrap();
        assert!(said.ends_with("354 go on\r\n250 taken\r\n221 bye\r\n"), "{said}");
    }
}
