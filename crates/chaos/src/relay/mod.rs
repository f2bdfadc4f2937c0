//! An SMTP relay that keeps all mails, and that can hold a connection at any step of the dialogue.

mod dialogue;
mod mail;
mod state;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use usher_tooling::Failure;

use self::state::RelayState;

pub(crate) use self::{
    mail::RelayedMail,
    state::{BAD, SmtpStep},
};
use crate::wait::{self, USUAL_TIMEOUT, pause};

/// A relay on its own port. It ends with this process.
#[derive(Clone)]
pub(crate) struct SmtpRelay {
    state: Arc<RelayState>,
    port: u16,
}

impl SmtpRelay {
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let relay = Self { state: Arc::default(), port };
        let state = Arc::clone(&relay.state);
        thread::spawn(move || {
            let mut listener = listener;
            loop {
                accept_until_down(&listener, &state);
                drop(listener);
                state.await_up();
                listener = listen_again(port);
            }
        });
        Ok(relay)
    }

    /// Closes the port and all connections.
    pub(crate) fn go_down(&self) -> Result<(), Failure> {
        self.state.go_down();
        let address = (Ipv4Addr::LOCALHOST, self.port);
        wait::until("a closed port", USUAL_TIMEOUT, || Ok(TcpStream::connect(address).is_err().then_some(())))
    }

    /// Opens the port again.
    pub(crate) fn come_up(&self) -> Result<(), Failure> {
        self.state.come_up();
        let address = (Ipv4Addr::LOCALHOST, self.port);
        wait::until("an open port", USUAL_TIMEOUT, || Ok(TcpStream::connect(address).is_ok().then_some(())))
    }

    /// Whether it refuses every recipient, and not only the [`BAD`] ones.
    pub(crate) fn refuse_everybody(&self, refuses: bool) {
        self.state.refuse_everybody(refuses);
    }

    /// How often each recipient was refused.
    pub(crate) fn refusals(&self) -> BTreeMap<String, u32> {
        self.state.refusals()
    }

    /// When the first copy of each recipient's mail came.
    pub(crate) fn arrivals(&self) -> BTreeMap<String, Instant> {
        self.state.arrivals()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Holds the connection of the mail to this recipient at the step; at [`SmtpStep::Connect`] every connection. Releases a
    /// connection that is held at another step.
    pub(crate) fn hold(&self, step: SmtpStep, recipient: &str) {
        self.state.hold(step, recipient);
    }

    /// Waits until a connection is held.
    pub(crate) fn await_held(&self) -> Result<(), Failure> {
        self.state.await_held()
    }

    /// Releases all connections.
    pub(crate) fn release(&self) {
        self.state.release();
    }

    /// The number of mails to this recipient so far.
    pub(crate) fn count(&self, recipient: &str) -> usize {
        self.state.count(recipient)
    }

    /// All mails by recipient, each recipient's in the order of arrival.
    pub(crate) fn mails(&self) -> BTreeMap<String, Vec<RelayedMail>> {
        self.state.mails()
    }
}

/// Serves connections until the relay goes down.
fn accept_until_down(listener: &TcpListener, state: &Arc<RelayState>) {
    for stream in listener.incoming().flatten() {
        if !state.keep_connection(&stream) {
            return;
        }
        let state = Arc::clone(state);
        thread::spawn(move || {
            // Killed clients break connections. Only the kept mails count.
            let _ = dialogue::serve(&stream, &state);
            // The state has a copy of the socket, which keeps it open.
            let _ = stream.shutdown(Shutdown::Both);
        });
    }
}

/// The system can have given the port to an outgoing connection in the meantime, for a short time.
fn listen_again(port: u16) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener;
        }
        pause(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    const DIALOGUE: &[u8] =
        b"EHLO us\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n";

    #[test]
    fn a_mail_is_kept_before_the_reply_to_its_end() {
        let relay = SmtpRelay::start().unwrap();
        relay.hold(SmtpStep::EndOfData, "d@e.f");
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).unwrap();
        client.write_all(DIALOGUE).unwrap();
        relay.await_held().unwrap();
        assert_eq!(relay.count("d@e.f"), 1);
        relay.release();
        let mut replies = String::new();
        client.read_to_string(&mut replies).unwrap();
        assert!(replies.ends_with("354 send the mail\r\n250 accepted\r\n221 bye\r\n"), "{replies}");
    }

    #[test]
    fn a_relay_that_is_down_refuses_connections_and_comes_back() {
        let relay = SmtpRelay::start().unwrap();
        let address = (Ipv4Addr::LOCALHOST, relay.port());
        let mut idle = TcpStream::connect(address).unwrap();
        for _ in 0..3 {
            relay.go_down().unwrap();
            assert!(TcpStream::connect(address).is_err());
            relay.come_up().unwrap();
        }
        let mut greeting = String::new();
        idle.read_to_string(&mut greeting).unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        relay.refuse_everybody(true);
        client.write_all(b"RCPT TO:<d@e.f>\r\nQUIT\r\n").unwrap();
        let mut replies = String::new();
        client.read_to_string(&mut replies).unwrap();
        assert!(replies.contains("550 5.1.1 "), "{replies}");
        assert_eq!(relay.refusals().get("d@e.f"), Some(&1));
    }
}
